#!/bin/sh
# The same job as a shell script: summarize the day, merge it into the experiment's summary, decide, report.
#   job.sh policy.json state.json day.ndjson.gz
# Exit codes: 0 ship, 10 keep-running, 11 inconclusive, 20 rollback, 30 invalid, 1 failure, 2 usage.
set -eu
[ $# -ge 3 ] || { echo "usage: job.sh POLICY STATE RECORDS..." >&2; exit 2; }
assay=${ASSAY:-assay}
policy=$1 state=$2
shift 2
day=$(mktemp)
trap 'rm -f "$day"' EXIT
$assay summarize "$@" --policy "$policy" --quiet --output "$day"
if [ -f "$state" ]; then $assay merge "$state" "$day" --output "$state.new"; else cp "$day" "$state.new"; fi
mv "$state.new" "$state"
$assay report "$state" --policy "$policy" --format html --output report.html || true
$assay decide "$state" --policy "$policy" --format json
