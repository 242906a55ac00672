#!/usr/bin/env bash
# Reads reports in every format, and the schemas, with programs that know nothing of lynt. Needs Rust, Python 3 and
# Node.js; the readers are installed below `target`. Arguments go to cargo.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}"
tools="$target/tmp/format-tools"
reports="$target/tmp/formats"
mkdir -p "$tools"
tools="$(cd "$tools" && pwd)"

if ! "$tools/venv/bin/python" -c 'import jsonschema, markdown_it, xmlschema' 2>/dev/null; then
    python3 -m venv "$tools/venv"
    "$tools/venv/bin/pip" install --quiet --disable-pip-version-check \
        jsonschema==4.26.0 markdown-it-py==4.3.0 xmlschema==4.3.2
fi
if [ ! -d "$tools/node_modules/azure-pipelines-task-lib" ]; then
    npm install --silent --no-audit --no-fund --prefix "$tools" tap-parser@18.3.4 \
        @microsoft/sarif-multitool@5.7.0 @actions/core@3.0.1 azure-pipelines-task-lib@5.281.0
fi

# The tests leave their reports; `real-*` are of whole runs, every format at once, `*.suppressed.sarif` have what is
# hidden.
rm -rf "$reports" "$target/tmp/schemas"
cargo test --locked --quiet "$@" --test formats --test schema
lynt="$target/debug/lynt"
run() {
    local name="$reports/real-$1" code=0
    shift
    "$lynt" check -f "human=$name.human.txt" -f "concise=$name.concise.txt" \
        -f "json=$name.json.json" -f "jsonl=$name.jsonl.jsonl" -f "sarif=$name.sarif.sarif" \
        -f "junit=$name.junit.xml" -f "github=$name.github.txt" -f "gitlab=$name.gitlab.json" \
        -f "azure=$name.azure.txt" -f "tap=$name.tap.tap" -f "csv=$name.csv.csv" \
        -f "markdown=$name.markdown.md" "$@" || code=$?
    echo "$code" > "$name.code"
}
unset GITHUB_STEP_SUMMARY
run broken examples/broken
run several examples/broken-alone/*.toml examples/legacy-2010.toml examples/contoso
"$lynt" baseline --baseline "$reports/known.toml" --select backup examples/broken > "$reports/known.txt"
run known --sarif-suppressed --baseline "$reports/known.toml" examples/broken
run clean --fail-on never examples/litware/topology.toml
run syntax Cargo.toml examples/contoso
run nowhere examples/nowhere.toml 2>/dev/null

"$tools/venv/bin/python" tests/formats/check.py "$reports"
node tests/formats/check.mjs "$tools" "$reports"
