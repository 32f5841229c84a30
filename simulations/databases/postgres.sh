#!/usr/bin/env bash
# Starts and stops PostgreSQL servers on loopback, for the tests.
#   postgres.sh start DIR COUNT   starts COUNT servers; DIR/N/url and DIR/N/pid say where each is
#   postgres.sh restart DIR N     starts server N again after it was killed
#   postgres.sh stop DIR          ends them by their own pids
# Exit code 3: the engine is not installed.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
command=$1 dir=$2
bin="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)"
if [ -z "$bin" ] && command -v initdb >/dev/null; then bin="$(dirname "$(command -v initdb)")"; fi

# PostgreSQL refuses to run as root.
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

launch() {
  local at="$dir/$1" port
  port="$(cat "$at/port")"
  rm -f "$at/data/postmaster.pid"
  as_owner "$bin/pg_ctl" -D "$at/data" -l "$at/log" -w -t 60 -s -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c jit=off -c shared_buffers=256MB -c work_mem=128MB -c max_parallel_workers_per_gather=2 -c timezone=Asia/Tokyo" start >&2
  head -1 "$at/data/postmaster.pid" >"$at/pid"
}

case "$command" in
start)
  if [ -z "$bin" ]; then echo "postgresql is not installed (Debian: apt-get install postgresql)" >&2; exit 3; fi
  for n in $(seq "$3"); do
    at="$dir/$n"
    mkdir -p "$at"
    "$here/free-ports.sh" 1 >"$at/port"
    echo "postgres://postgres@127.0.0.1:$(cat "$at/port")/postgres" >"$at/url"
    if [ "$(id -u)" = 0 ]; then chmod 755 "$dir" && chown postgres "$at"; fi
    as_owner "$bin/initdb" -D "$at/data" -A trust -U postgres --no-sync --locale=C --encoding=UTF8 >/dev/null
    launch "$n"
  done
  ;;
restart) launch "$3" ;;
stop)
  for pid in "$dir"/*/pid; do
    [ -e "$pid" ] || continue
    kill -CONT -- "-$(cat "$pid")" 2>/dev/null || kill -CONT "$(cat "$pid")" 2>/dev/null || true
    kill -QUIT "$(cat "$pid")" 2>/dev/null || true
  done
  sleep 0.5
  rm -rf "$dir"
  ;;
esac
