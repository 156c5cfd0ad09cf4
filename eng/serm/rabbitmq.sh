# shellcheck shell=bash
# RabbitMQ of this instance alone.

rabbitmq_pid() {
    local pid home
    pid=$(cat "$1/servers/rabbitmq/pid" 2>/dev/null) || return 0
    home=$(readlink -f "$1/servers/rabbitmq")
    if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "-home $home "; then say "$pid"; fi
}

# rabbitmq_port FOLDER: where it listens, if it runs.
rabbitmq_port() { [[ -z $(rabbitmq_pid "$1") ]] || sed -nE 's/.*RABBITMQ_NODE_PORT=([0-9]+).*/\1/p' "$1/servers/rabbitmq/environment" 2>/dev/null; }

# rabbitmq_environment FOLDER PORT: what the broker is started with. Nothing of the system's broker: no name, port, folder, cookie, setting or epmd is shared with it.
rabbitmq_environment() {
    cat <<TEXT
export HOME="$1"
export RABBITMQ_NODENAME=$NODE@localhost RABBITMQ_USE_LONGNAME=false
export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$2 RABBITMQ_DIST_PORT=$(($2 + 1))
export ERL_EPMD_PORT=$(($2 + 2)) ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_CTL_DIST_PORT_MIN=$(($2 + 3)) RABBITMQ_CTL_DIST_PORT_MAX=$(($2 + 7))
export RABBITMQ_MNESIA_BASE="$1/mnesia" RABBITMQ_LOG_BASE="$1/log" RABBITMQ_PID_FILE="$1/pid"
export RABBITMQ_CONF_ENV_FILE="$1/rabbitmq-env.conf" RABBITMQ_CONFIG_FILE="$1/rabbitmq.conf"
export RABBITMQ_CONFIG_FILES="$1/conf.d" RABBITMQ_ADVANCED_CONFIG_FILE="$1/advanced.config"
export RABBITMQ_ENABLED_PLUGINS_FILE="$1/plugins"
export RABBITMQ_GENERATED_CONFIG_DIR="$1/generated" RABBITMQ_SCHEMA_DIR="$1/schema"
TEXT
}

stop_rabbitmq() {
    local pid start
    pid=$(rabbitmq_pid "$1")
    if [[ -n $pid ]]; then
        begin RabbitMQ
        start=$(now)
        end "$pid" 60
        say "stopped $(since "$start")"
    fi
    stop_epmd "$1"
}

start_rabbitmq() {
    local folder port=$2 start pid
    [[ $(rabbitmq_port "$1") != "$port" ]] || { begin RabbitMQ; say "runs already"; return; }
    # On another port, or none.
    stop_rabbitmq "$1"
    need_port "$port" RabbitMQ
    need_port $((port + 1)) "RabbitMQ (distribution)"
    begin RabbitMQ
    start=$(now)
    folder=$(readlink -f "$1/servers")/rabbitmq
    local made
    made=$(rabbitmq_made "$folder")
    own_folder rabbitmq "$folder"
    as rabbitmq rm -f "$folder/pid"
    rabbitmq_environment "$folder" "$port" | as rabbitmq tee "$folder/environment" >/dev/null
    as rabbitmq tee "$folder/rabbitmq.conf" >/dev/null <<TEXT
# Written by ./serm at every start. The user is made at the first start, instead of guest.
default_user = serm
default_pass = $RABBITMQ_PASSWORD
listeners.tcp.local = 127.0.0.1:$port
distribution.listener.interface = 127.0.0.1
log.file.level = info
log.file.rotation.size = 20000000
log.file.rotation.count = 3
TEXT
    as rabbitmq tee "$folder/rabbitmq-env.conf" >/dev/null </dev/null
    say '[].' | as rabbitmq tee "$folder/plugins" >/dev/null
    # shellcheck disable=SC2016
    as rabbitmq setsid bash -c 'cd "$1" && . ./environment && exec "$2/rabbitmq-server"' _ "$folder" "$RABBITMQ_BIN" >"$1/start-rabbitmq" 2>&1 </dev/null 7>&- 9>&- &
    local launcher=$! waited
    for ((waited = 0; waited < 1200; waited++)); do
        listens "$port" && break
        if ! kill -0 "$launcher" 2>/dev/null; then break; fi
        sleep 0.1
    done
    if ! listens "$port"; then
        if [[ -n $made && $made != "$(rabbitmq_here)" ]]; then
            leave_rabbitmq "$folder" "$made"
            start_rabbitmq "$@"
            return
        fi
        say "failed"
        tail -n 30 "$1/start-rabbitmq" >&2 || true
        fail "RabbitMQ did not start; above is the end of what it wrote. Its log: $folder/log"
    fi
    pid=$(rabbitmq_pid "$1")
    [[ -n $pid ]] || fail "RabbitMQ listens on $port but is not the one of $folder."
    disown "$launcher" 2>/dev/null || true
    rabbitmq_here | as rabbitmq tee "$folder/version" >/dev/null
    as rabbitmq rm -f "$folder/waiting"
    say "ready $(since "$start")"
}

rabbitmq_here() { grep -oE 'rabbitmq_server-[0-9.]+' <<<"$RABBITMQ_BIN" | cut -d- -f2 || true; }

# The version that the folder's messages were written by: what it says, or, where an earlier ./serm started it, its log.
rabbitmq_made() { cat "$1/version" 2>/dev/null || cat "$1"/log/*.log 2>/dev/null | grep -oE 'Starting RabbitMQ [0-9.]+' | tail -1 | cut -d' ' -f3 || true; }

# leave_rabbitmq FOLDER VERSION: a broker takes over what its neighbour versions wrote, and nothing older. What has no message in it is put aside; what may have some is not.
leave_rabbitmq() {
    local waiting here
    waiting=$(cat "$1/waiting" 2>/dev/null || true)
    here=$(rabbitmq_here)
    if [[ $waiting == 0 ]]; then
        mv "$1" "$1.$2" || fail "$1 cannot be moved."
        say "begins anew: RabbitMQ ${here:-as it is now} does not take over what $2 left, which had no messages in it and lies in $1.$2."
        return
    fi
    say failed
    fail "RabbitMQ ${here:-as it is now} does not start on what $2 left in $1. Messages in it: ${waiting:-nobody counted them}.
To have them handled, start once more with RabbitMQ $2 and let ./serm down tell how many are left. To begin without them:
  mv $1 $1.$2
docs/operating.md says more; the broker's log is in $1/log."
}

# What the broker of another version will be told about when it starts: how many messages are left, asked when nobody publishes any more.
note_waiting() {
    local left
    own_rabbitmq && [[ -n $(rabbitmq_pid "$DATA") && -s $DATA/app/current ]] || return 0
    left=$(need_dotnet && load_secrets && run_tool gateway waiting 2>/dev/null) || return 0
    say "$left" | as rabbitmq tee "$DATA/servers/rabbitmq/waiting" >/dev/null
    ((left == 0)) || say "Messages that wait in RabbitMQ for the next start: $left"
}

# The port mapper that this broker started; it outlives the broker.
stop_epmd() {
    local proc environment=$1/servers/rabbitmq/environment port
    port=$(grep -oE 'ERL_EPMD_PORT=[0-9]+' "$environment" 2>/dev/null) || return 0
    for proc in $(pgrep -x epmd || true); do
        if tr '\0' '\n' 2>/dev/null <"/proc/$proc/environ" | grep -qxF "$port"; then kill "$proc" 2>/dev/null || true; fi
    done
}
