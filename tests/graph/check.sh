#!/usr/bin/env bash
# Shows pictures in every form to programs that know nothing of lynt: Graphviz, Mermaid and Chromium. Needs Rust,
# Node.js and, where the other two are not there yet, Debian's packages. Arguments go to cargo.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}"
tools="$target/tmp/graph-tools"
pictures="$target/tmp/graph"
mkdir -p "$tools"
tools="$(cd "$tools" && pwd)"

if ! command -v dot >/dev/null || ! command -v chromium >/dev/null; then
    apt-get update -qq
    apt-get install -qq --no-install-recommends graphviz chromium fonts-dejavu-core >/dev/null
fi
if [ ! -d "$tools/node_modules/mermaid" ]; then
    npm install --silent --no-audit --no-fund --prefix "$tools" mermaid@12.3.0
fi

rm -rf "$pictures"
mkdir -p "$pictures"
cargo build --locked --quiet "$@" --bin lynt --example generate
lynt="$target/debug/lynt"
generate="$target/debug/examples/generate"
draw() {
    local name="$pictures/$1"
    shift
    for form in svg dot mmd; do
        "$lynt" graph -o "$name.$form" "$@" 2>/dev/null
    done
}
draw contoso examples/contoso
draw down --down fe-lon-01.contoso.com --down sba-leeds-01.contoso.com examples/contoso
draw broken examples/broken
draw litware examples/litware/topology.toml
draw nasty tests/graph/nasty.toml
for pools in 5 50 600; do
    "$generate" "$pools" 2>/dev/null > "$pictures/$pools.toml"
    draw "generated-$pools" "$pictures/$pools.toml"
done
for file in "$pictures"/*.dot; do
    dot -Tsvg "$file" -o "$file.svg"
done

node tests/graph/check.mjs "$tools" "$pictures"
