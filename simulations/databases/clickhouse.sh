#!/usr/bin/env bash
# Starts and stops ClickHouse servers on loopback, for the tests.
#   clickhouse.sh start DIR COUNT   starts COUNT servers; DIR/N/url and DIR/N/pid say where each is
#   clickhouse.sh restart DIR N     starts server N again after it was killed
#   clickhouse.sh stop DIR          ends them by their own pids
# Exit code 3: the engine is not installed.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
command=$1 dir=$2
server="$(command -v clickhouse-server || true)"

launch() {
  local at="$dir/$1"
  cd "$at"
  setsid "$server" --config-file="$at/config.xml" >"$at/out.log" 2>&1 </dev/null &
  echo $! >"$at/pid"
  for _ in $(seq 300); do
    if curl -fsS "$(cat "$at/url")/ping" >/dev/null 2>&1; then return 0; fi
    kill -0 "$(cat "$at/pid")" 2>/dev/null || { cat "$at/out.log" "$at"/error.log >&2; return 1; }
    sleep 0.1
  done
  echo "server $1 did not answer in 30 s" >&2
  return 1
}

case "$command" in
start)
  if [ -z "$server" ]; then echo "clickhouse-server is not installed (Debian: apt-get install clickhouse-server)" >&2; exit 3; fi
  for n in $(seq "$3"); do
    at="$dir/$n"
    mkdir -p "$at"/{data,tmp,files,schemas}
    read -r http tcp inter < <("$here/free-ports.sh" 3)
    echo "http://127.0.0.1:$http" >"$at/url"
    cat >"$at/config.xml" <<XML
<yandex>
  <logger><level>error</level><log>$at/server.log</log><errorlog>$at/error.log</errorlog></logger>
  <http_port>$http</http_port><tcp_port>$tcp</tcp_port><interserver_http_port>$inter</interserver_http_port>
  <listen_host>127.0.0.1</listen_host>
  <path>$at/data/</path><tmp_path>$at/tmp/</tmp_path><user_files_path>$at/files/</user_files_path><format_schema_path>$at/schemas/</format_schema_path>
  <mark_cache_size>268435456</mark_cache_size><max_concurrent_queries>50</max_concurrent_queries>
  <users_config>$at/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
</yandex>
XML
    cat >"$at/users.xml" <<XML
<yandex>
  <profiles><default><max_memory_usage>4000000000</max_memory_usage></default><reader><readonly>1</readonly></reader></profiles>
  <users>
    <default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
    <reader><password>only-for-tests</password><networks><ip>127.0.0.1</ip></networks><profile>reader</profile><quota>default</quota><allow_databases><database>default</database></allow_databases></reader>
  </users>
  <quotas><default><interval><duration>3600</duration><queries>0</queries><errors>0</errors><result_rows>0</result_rows><read_rows>0</read_rows><execution_time>0</execution_time></interval></default></quotas>
</yandex>
XML
    launch "$n"
  done
  ;;
restart) launch "$3" ;;
stop)
  for pid in "$dir"/*/pid; do
    [ -e "$pid" ] || continue
    kill -CONT "$(cat "$pid")" 2>/dev/null || true
    kill -9 "$(cat "$pid")" 2>/dev/null || true
  done
  rm -rf "$dir"
  ;;
esac
