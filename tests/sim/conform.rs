//! The stand-in's answers beside the samples of the documentation, member by member and by JSON type.
