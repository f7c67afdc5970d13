//! A DAG in, a drawing in character cells out. Pure; knows tasks in `task` only.
