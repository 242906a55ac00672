#!/usr/bin/env bash
# Opens pages of `lynt report` in a real browser, with a checker of accessibility, and prints them. Needs Node.js, git
# and lynt's binary: the argument, or that of the release build. The rest is installed: modules below `target`,
# and where they are not there yet, Debian's packages.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}"
lynt="$(realpath "${1:-$target/release/lynt}")"
tools="$target/tmp/report-tools"
pages="$target/tmp/report"
mkdir -p "$tools"
tools="$(cd "$tools" && pwd)"

if ! command -v chromium >/dev/null || ! command -v pdftotext >/dev/null; then
    if [ "$(id -u)" != 0 ]; then
        echo "$0 needs Debian's packages chromium, fonts-dejavu-core and poppler-utils" >&2
        exit 2
    fi
    apt-get update -qq
    apt-get install -qq --no-install-recommends chromium fonts-dejavu-core poppler-utils >/dev/null
fi
if [ ! -d "$tools/node_modules/axe-core" ]; then
    npm install --silent --no-audit --no-fund --prefix "$tools" playwright-core@1.65.1 axe-core@4.14.1
fi

rm -rf "$pages"
mkdir -p "$pages/hostile" "$pages/nothing" "$pages/changed"
pages="$(cd "$pages" && pwd)"
unset SOURCE_DATE_EPOCH LYNT_BASELINE LYNT_CONFIG
export LYNT_TODAY=2026-06-30

# A report must be written, whatever it says.
report() {
    local name="$1" code=0
    shift
    "$lynt" report -o "$pages/$name.html" "$@" || code=$?
    [ "$code" -le 1 ] || { echo "$name: exit code $code" >&2; exit 1; }
}
report clean examples/contoso
report broken examples/broken
report several examples/contoso examples/legacy-2010.toml examples/broken-alone/unpaired-central-management.toml

node tests/report/hostile.mjs "$pages/hostile"
(cd "$pages" && report hostile --title '</title><script>alert(1)</script>' hostile)

printf 'schema = 1\n\n[deployment]\nname = "nothing"\n' > "$pages/nothing/topology.toml"
report nothing "$pages/nothing"

# A repository with findings that the baseline knows, that are gone, as they were, new and ignored.
cp examples/contoso/*.toml "$pages/changed"
cd "$pages/changed"
commit() {
    git add .
    GIT_CONFIG_GLOBAL=/dev/null git -c user.name=t -c user.email=t@x commit --quiet --message "$1"
}
pool() { printf '[[pool]]\nfqdn = "%s.contoso.com"\nsite = "Atlantis" %s\n' "$1" "${2:-}" > "$1.toml"; }
git init --quiet
pool fe-known-01
"$lynt" baseline >/dev/null
pool fe-gone-01
pool fe-same-01
commit "As it was"
rm fe-gone-01.toml
pool fe-new-01
pool fe-ignored-01 '# lynt: ignore[unknown-site] until 2026-12-31 by netops: CHG-4711, it rises again'
report changed --since HEAD
cd - >/dev/null

node tests/report/check.mjs "$tools" "$pages"
