# shellcheck shell=bash
# PostgreSQL and RabbitMQ of this instance alone. Every function takes the folder that the servers belong to,
# so that the tests have servers beside those of the installation.

own_postgres() { [[ -z ${SERM_POSTGRES:-} ]]; }
own_rabbitmq() { [[ -z ${SERM_RABBITMQ:-} ]]; }

# as USER COMMAND...: neither server runs as root, so root hands them to the users that their packages made.
as() {
    local user=$1
    shift
    if as_root; then runuser -u "$user" -- "$@"; else "$@"; fi
}

# Makes FOLDER/servers: a folder, or, where the servers' users could not reach that, a link to one in /var/lib.
place_servers() {
    local home=$1/servers
    need_own_servers "$1"
    [[ -e $home ]] && return
    rm -f "$home"
    mkdir -p "$1"
    if as_root && ! { reach postgres "$1" && reach rabbitmq "$1"; }; then
        local far
        far=$(far_of "$1")
        say "The users postgres and rabbitmq cannot enter $1; the servers' data goes to $far, linked from $home."
        mkdir -p "$far"
        ln -s "$far" "$home"
    else
        mkdir -p "$home"
    fi
}

far_of() { say "/var/lib/serm-$(printf %s "$1" | sha256sum | cut -c1-12)"; }

# A link that came along with a copied folder leads to the servers of another instance.
need_own_servers() {
    local far
    far=$(readlink "$1/servers" || true)
    [[ $far != /var/lib/serm-* || $far == "$(far_of "$1")" ]] || fail "$1/servers leads to $far, which was made for another folder. If $1 is a copy, delete the link. If it was moved, stop what runs and
  mv $far $(far_of "$1") && ln -sfn $(far_of "$1") $1/servers"
}

# The data folder itself is closed to others; being let through it is granted here, not to read it.
reach() {
    ! own_postgres && [[ $1 == postgres ]] && return
    ! own_rabbitmq && [[ $1 == rabbitmq ]] && return
    chmod a+x "$DATA" "$2"
    as "$1" test -x "$2"
}

# own_folder USER FOLDER: a folder that only that user enters.
own_folder() {
    if as_root; then install -d -o "$1" -m 700 "$2"; else install -d -m 700 "$2"; fi
}

# start_own_servers FOLDER PORT: those that no setting replaces.
start_own_servers() {
    ! own_postgres && ! own_rabbitmq && return
    ! own_postgres || need_postgres
    ! own_rabbitmq || need_rabbitmq
    place_servers "$1"
    ! own_postgres || start_postgres "$1" $(($2 + 10))
    ! own_rabbitmq || start_rabbitmq "$1" $(($2 + 11))
}

# need_server_ports FOLDER PORT: fails when somebody else has a port that a server needs which does not run there yet.
need_server_ports() {
    if own_postgres && [[ $(postgres_port "$1") != $(($2 + 10)) ]]; then need_port $(($2 + 10)) PostgreSQL; fi
    if own_rabbitmq && [[ $(rabbitmq_port "$1") != $(($2 + 11)) ]]; then
        need_port $(($2 + 11)) RabbitMQ
        need_port $(($2 + 12)) "RabbitMQ (distribution)"
    fi
}

stop_servers() {
    stop_rabbitmq "$1"
    stop_postgres "$1"
}

stop_postgres() {
    local pid start
    pid=$(postgres_pid "$1")
    [[ -n $pid ]] || return 0
    begin PostgreSQL
    start=$(now)
    # INT is PostgreSQL's fast shutdown; TERM would wait for the clients.
    kill -INT "$pid" 2>/dev/null || true
    for _ in $(seq 300); do
        [[ -n $(postgres_pid "$1") ]] || break
        sleep 0.1
    done
    [[ -z $(postgres_pid "$1") ]] || end "$pid" 5
    say "stopped $(since "$start")"
}

# --- PostgreSQL ---

# The server whose working folder is the data folder: whatever the pid file says, another program is never taken for it.
postgres_pid() {
    local pid
    read -r pid 2>/dev/null <"$1/servers/postgres/postmaster.pid" || return 0
    if [[ $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$(readlink -f "$1/servers/postgres")" ]]; then say "$pid"; fi
}

# postgres_port FOLDER: where it listens, if it runs.
postgres_port() { [[ -z $(postgres_pid "$1") ]] || sed -n 4p "$1/servers/postgres/postmaster.pid" 2>/dev/null; }

postgres_ready() { "$(find_postgres)/pg_isready" -q -h 127.0.0.1 -p "$1"; }

start_postgres() {
    local folder port=$2 start
    [[ $(postgres_port "$1") != "$port" ]] || { begin PostgreSQL; say "runs already"; return; }
    # On another port, or none.
    stop_postgres "$1"
    need_port "$port" PostgreSQL
    begin PostgreSQL
    start=$(now)
    folder=$(readlink -f "$1/servers")
    [[ -s $folder/postgres/PG_VERSION ]] || init_postgres "$folder"
    local made newest
    made=$(cat "$folder/postgres/PG_VERSION")
    newest=$("$POSTGRES_BIN/postgres" --version | grep -oE '[0-9]+' | head -1)
    if [[ $made != "$newest" ]]; then
        [[ -x /usr/lib/postgresql/$made/bin/postgres ]] || fail "The data in $folder/postgres was made by PostgreSQL $made, and $newest is here. docs/operating.md says how to move it."
        POSTGRES_BIN=/usr/lib/postgresql/$made/bin
    fi
    reap_postgres "$folder/postgres"
    # Compresses long values several times faster than pglz; not every build has it.
    local compression=pglz
    as postgres touch "$folder/postgres/serm.conf"
    ! as postgres "$POSTGRES_BIN/postgres" -D "$folder/postgres" -c default_toast_compression=lz4 -C default_toast_compression >/dev/null 2>&1 || compression=lz4
    as postgres tee "$folder/postgres/serm.conf" >/dev/null <<TEXT
# Written by ./serm at every start.
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = ${SERM_POSTGRES_CONNECTIONS:-400}
shared_buffers = ${SERM_POSTGRES_BUFFERS:-512MB}
max_wal_size = 4GB
default_toast_compression = $compression
# A batch holds an advisory lock on each of its streams.
max_locks_per_transaction = 256
logging_collector = on
log_directory = '$folder/postgres-log'
log_filename = 'postgres-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
TEXT
    cd /
    # Each batch needs some megabytes for a moment: given back to the system every time, they would be faulted in again page by page.
    if ! as postgres env MALLOC_MMAP_THRESHOLD_=4194304 MALLOC_TRIM_THRESHOLD_=8388608 MALLOC_TOP_PAD_=1048576 "$POSTGRES_BIN/pg_ctl" -D "$folder/postgres" -l "$folder/postgres-log/start.log" -w -t 120 start >"$1/start-postgres" 2>&1 7>&- 9>&-; then
        say "failed"
        tail -n 20 "$1/start-postgres" "$folder"/postgres-log/*.log >&2 || true
        fail "PostgreSQL did not start; above are the ends of its logs."
    fi
    cd "$ROOT" || return
    rm -f "$1/start-postgres"
    local line
    line=$(PGPASSWORD=$POSTGRES_PASSWORD "$POSTGRES_BIN/psql" -XAtqh 127.0.0.1 -p "$port" -U serm -d postgres -c "select 1 from pg_database where datname = 'serm'") || fail "PostgreSQL refused the sign-in; was $DATA/secrets replaced?"
    [[ -n $line ]] || PGPASSWORD=$POSTGRES_PASSWORD "$POSTGRES_BIN/psql" -Xqh 127.0.0.1 -p "$port" -U serm -d postgres -c 'create database serm'
    say "ready $(since "$start")"
}

init_postgres() {
    own_folder postgres "$1/postgres"
    own_folder postgres "$1/postgres-log"
    # A crash while it was made leaves half a cluster.
    find "$1/postgres" -mindepth 1 -delete
    cd /
    say "$POSTGRES_PASSWORD" | as postgres tee "$1/postgres-log/password" >/dev/null
    # Texts are ordered by code point, as C.UTF-8 does, which however asks the C library at each comparison: with C alone a key that begins with a text is inserted a quarter faster.
    as postgres "$POSTGRES_BIN/initdb" -D "$1/postgres" -U serm -A scram-sha-256 --pwfile="$1/postgres-log/password" -E UTF8 --locale=C.UTF-8 --lc-collate=C >"$1/init" 2>&1 || { cat "$1/init" >&2; fail "initdb failed."; }
    cd "$ROOT" || return
    rm -f "$1/init" "$1/postgres-log/password"
    say "include 'serm.conf'" | as postgres tee -a "$1/postgres/postgresql.conf" >/dev/null
}

# After a kill -9 of the server its children end by themselves within moments; a pid file that names nobody of ours goes.
reap_postgres() {
    local proc waited=0
    for proc in /proc/[0-9]*; do
        [[ $(readlink "$proc/cwd" 2>/dev/null) == "$1" ]] || continue
        while [[ -d $proc ]] && ((waited++ < 50)); do sleep 0.1; done
        [[ ! -d $proc ]] || kill -KILL "${proc#/proc/}" 2>/dev/null || true
    done
    rm -f "$1/postmaster.pid"
}
