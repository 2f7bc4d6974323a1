#!/usr/bin/env bash
# A Temporal server over PostgreSQL on this machine, for `make bench-cluster`; see README.md. Ctrl-C ends both.
#   benchmarks/cluster.sh [FOLDER]     a new database each time; the two programs are built once
set -euo pipefail
settings=$(realpath "$(dirname "$0")/../deploy/temporal-dynamic-config.yaml")

version=v1.32.0 # of Temporal's server: the one that `tocsin up` has embedded
folder=$(realpath -m "${1:-build/cluster}")
port=${PORT:-7233} database_port=${DATABASE_PORT:-54329} shards=${SHARDS:-512}

for program in go initdb postgres pg_isready; do
    command -v "$program" >/dev/null || PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
    command -v "$program" >/dev/null || { echo "$program is not on the path: see benchmarks/README.md" >&2; exit 1; }
done

mkdir -p "$folder/bin"
if [ ! -x "$folder/bin/server" ] || [ ! -x "$folder/bin/sql" ]; then
    echo "building Temporal's server $version, once: ten minutes on two cores"
    GOBIN=$folder/bin go install "go.temporal.io/server/cmd/server@$version" "go.temporal.io/server/cmd/tools/sql@$version"
fi

data=$(mktemp -d /tmp/bench-postgres-XXXXXX)
owner=()
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    chown postgres "$data"
    owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
started=()
end() {
    for ((i = ${#started[@]} - 1; i >= 0; i--)); do kill -TERM "${started[i]}" 2>/dev/null && wait "${started[i]}" || true; done
    rm -rf "$data"
}
trap end EXIT
trap 'exit 0' INT TERM

# Nothing is switched off that makes a commit durable.
"${owner[@]}" initdb -D "$data/db" -U temporal --auth=trust >"$folder/initdb.log"
"${owner[@]}" postgres -D "$data/db" -p "$database_port" -k "$data" -c listen_addresses=127.0.0.1 -c max_connections=100 \
    >"$folder/postgres.log" 2>&1 &
started+=($!)
until pg_isready -q -h 127.0.0.1 -p "$database_port"; do sleep 0.2; done

for database in temporal visibility; do
    tool=("$folder/bin/sql" --plugin postgres12_pgx --ep 127.0.0.1 -p "$database_port" -u temporal --db "bench_$database")
    {
        "${tool[@]}" create-database
        "${tool[@]}" setup-schema -v 0.0
        "${tool[@]}" update-schema --schema-name "postgresql/v12/$database"
    } >"$folder/schema-$database.log" 2>&1
done

DB=postgres12_pgx POSTGRES_SEEDS=127.0.0.1 DB_PORT=$database_port POSTGRES_USER=temporal \
    DBNAME=bench_temporal VISIBILITY_DBNAME=bench_visibility NUM_HISTORY_SHARDS=$shards \
    FRONTEND_GRPC_PORT=$port LOG_LEVEL=warn DYNAMIC_CONFIG_FILE_PATH=$settings \
    "$folder/bin/server" --allow-no-auth start >"$folder/server.log" 2>&1 &
started+=($!)
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.2; done
echo "Temporal works, over PostgreSQL, with $shards shards: TEMPORAL_ADDRESS=127.0.0.1:$port make bench-cluster"
wait "${started[1]}"
