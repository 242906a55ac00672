#!/usr/bin/env bash
# Builds the wheel, and runs it as people meet it: in an environment without Rust, as a hook of the real
# pre-commit, as the GitHub action, and as docs/ci.md says. Needs Rust, a C compiler, Python 3, bash and git; the
# rest is installed below `target`. Arguments go to maturin instead of `--release`: `--no-default-features`
# builds quickly.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}"
tools="$target/tmp/hook-tools"
mkdir -p "$tools"
tools="$(cd "$tools" && pwd)"

if ! "$tools/venv/bin/python" -c 'import check_jsonschema, maturin, pre_commit, zizmor' 2>/dev/null; then
    python3 -m venv "$tools/venv"
    "$tools/venv/bin/pip" install --quiet --disable-pip-version-check \
        check-jsonschema==0.39.0 maturin==1.16.0 pre-commit==4.7.0 zizmor==1.32.0
fi
# What is installed from here on comes from this folder alone. pre-commit builds an empty package with setuptools.
wheels="$tools/wheels"
if [ ! -d "$wheels" ]; then
    "$tools/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$wheels" setuptools==80.9.0
fi

rm -f "$wheels"/lynt-*.whl
"$tools/venv/bin/maturin" build --quiet --locked --out "$wheels" "${@:---release}"
"$tools/venv/bin/python" tests/hook/check.py "$tools" "$wheels"/lynt-*.whl
