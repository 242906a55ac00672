#!/usr/bin/env bash
# Makes the images of the README from the examples: the picture by lynt, the part of a report by Chromium.
# `docs/images/make.sh [LYNT]`; without a program, the release build.
set -euo pipefail
cd "$(dirname "$0")/../.."
lynt="${1:-target/release/lynt}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$lynt" graph -o docs/images/contoso.svg examples/contoso
"$lynt" report --today 2026-11-26 --select pairing,sba,recovery \
    -o "$folder/report.html" examples/broken || test $? -eq 1
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1100,1000 \
    --screenshot="$PWD/docs/images/report.png" "file://$folder/report.html"
