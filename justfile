# `just check` is what CI runs. What cargo does alone has no recipe.

# Everything CI checks.
check:
    .ci/run

# The console on the embedded control plane.
demo *ARGS:
    cargo run --release -- demo {{ARGS}}

# Screenshots from real frames, byte for byte the same on every machine.
screenshots:
    OBDECK_SCREENSHOTS=write cargo test --test main screenshots

# Generated documents (docs/keys.md).
docs:
    OBDECK_WRITE_DOCS=1 cargo test --test main help

# Layout, painting and folding.
bench:
    cargo bench

# Licences, advisories and sources of the tree (needs cargo-deny).
deny:
    cargo deny check
