# shellcheck shell=bash
# Builds, starts and stops Serm's own programs.

SERVICES=(ingest sentiment mentions alerts gateway)

port_of() {
    case $1 in
        gateway) say "$PORT" ;;
        ingest) say $((PORT + 1)) ;;
        sentiment) say $((PORT + 2)) ;;
        mentions) say $((PORT + 3)) ;;
        alerts) say $((PORT + 4)) ;;
        demo) say $((PORT + 9)) ;;
    esac
}

# --- build ---

# What the programs are made of: every source file by path, size and time.
sources_print() {
    (cd "$ROOT" && find services demo tests/simulator eng Directory.* global.json BannedSymbols.txt -type f ! -path '*/obj/*' ! -path '*/bin/*' -printf '%p %s %T@\n' | sort | sha256sum | cut -c1-16)
}

# Each instance runs a copy of its own, so that a later build never changes files under a running process.
app() { say "$DATA/app/$(cat "$DATA/app/current")"; }

build_services() {
    need_dotnet
    local print log=$DATA/logs/build.log start
    print=$(sources_print)
    [[ $(cat "$DATA/app/current" 2>/dev/null) == "$print" && -d $DATA/app/$print ]] && return
    install -d -m 700 "$DATA/logs" "$DATA/app"
    begin Build
    start=$(now)
    (
        # The build's servers outlive it: a lock that they inherit would be held for a quarter of an hour.
        exec 7>&- 9>&-

        # Builds in one checkout share the folder of their results.
        mkdir -p "$ROOT/artifacts"
        exec 8>"$ROOT/artifacts/build.lock"
        flock 8
        # Another command of this instance may have built it meanwhile.
        [[ $(cat "$DATA/app/current" 2>/dev/null) != "$print" || ! -d $DATA/app/$print ]] || exit 0
        cd "$ROOT"
        dotnet publish eng/run.slnf -c Release -v quiet --nologo -p:UseAppHost=false 8>&- || exit
        rm -rf "$DATA/app/$print.new"
        mkdir -p "$DATA/app/$print.new"
        local program
        for program in "${SERVICES[@]}" demo; do
            cp -a "artifacts/publish/Serm.${program^}/release" "$DATA/app/$print.new/Serm.${program^}"
        done
        make_ready "$DATA/app/$print.new" 8>&- || exit
        rm -rf "${DATA:?}/app/$print"
        mv "$DATA/app/$print.new" "$DATA/app/$print" || exit
        say "$print" >"$DATA/app/current"
    ) >"$log" 2>&1 || {
        say failed
        grep -E 'error|warn' "$log" | sort -u | tail -20 >&2 || tail -20 "$log" >&2
        fail "The build failed. All of what it said: $log"
    }
    say "done $(since "$start")"
}

# For commands: whatever was built last will do.
built() { [[ -s $DATA/app/current ]] || build_services; }

dll_of() { say "$(app)/Serm.${1^}/Serm.${1^}.dll"; }

# program SERVICE ARGUMENTS: one of the programs' commands that needs no server. It judges and reads as this checkout does, not as what was built last.
program() {
    local dll
    build_services >&2
    dll=$(dll_of "$1")
    shift
    dotnet "$dll" "$@"
}

# --- settings ---

allowed_hosts() {
    local hosts=${SERM_ALLOW_HOSTS:-}
    # The sample workspace reads feeds and networks from this machine.
    [[ ! -e $DATA/demo ]] || hosts=127.0.0.1${hosts:+,$hosts}
    say "$hosts"
}

# Exports what a service reads. Secrets go by the environment: arguments can be read by everybody.
export_settings() {
    export ConnectionStrings__Postgres=${SERM_POSTGRES:-"Host=127.0.0.1;Port=$((PORT + 10));Username=serm;Password=$POSTGRES_PASSWORD;Database=serm;Maximum Pool Size=40"}
    export ConnectionStrings__RabbitMq=${SERM_RABBITMQ:-"amqp://serm:$RABBITMQ_PASSWORD@127.0.0.1:$((PORT + 11))/"}
    export Serm__InternalKey=$INTERNAL_KEY Serm__DataKey=$DATA_KEY
    Serm__AllowHosts=$(allowed_hosts)
    export Serm__AllowHosts
    export Services__Ingest=http://127.0.0.1:$((PORT + 1)) Services__Sentiment=http://127.0.0.1:$((PORT + 2))
    export Services__Mentions=http://127.0.0.1:$((PORT + 3)) Services__Alerts=http://127.0.0.1:$((PORT + 4))
    export ASPNETCORE_ENVIRONMENT=Production DOTNET_gcServer=0
    unset SERM_ALLOW_HOSTS
}

export_settings_of() {
    export_settings
    ASPNETCORE_URLS=http://127.0.0.1:$(port_of "$1")
    export ASPNETCORE_URLS
    if [[ $1 == gateway ]]; then
        # Loopback always, for status and the sample workspace.
        case $LISTEN in
            127.0.0.1 | localhost) ;;
            0.0.0.0 | '*') ASPNETCORE_URLS="http://*:$PORT" ;;
            *) ASPNETCORE_URLS="http://127.0.0.1:$PORT;http://$LISTEN:$PORT" ;;
        esac
        # Where the world may come in are no metrics.
        ASPNETCORE_URLS+=";http://127.0.0.1:$((PORT + 5))"
        export Gateway__MetricsPort=$((PORT + 5))
        export Gateway__FirstAdmin__Name=admin Gateway__FirstAdmin__Password=$ADMIN_PASSWORD Gateway__FirstAdmin__Workspace=main
    fi
}

run_tool() {
    local dll
    dll=$(dll_of "$1")
    shift
    (
        export_settings
        exec dotnet "$dll" "$@"
    )
}

# Changes when the program or one of its settings does.
fingerprint() {
    (
        export_settings_of "$1"
        {
            app
            env | grep -E '^([A-Za-z]+__|ASPNETCORE_|OTEL_|DOTNET_)' | sort
        } | sha256sum | cut -c1-16
    )
}

# --- start and stop ---

# Fails when somebody else has a port of this instance. Asked before anything is started: half an instance would stay behind.
need_ports() {
    local service
    need_server_ports "$DATA" "$PORT"
    for service in "${SERVICES[@]}"; do
        runs_on_its_port "$service" || need_port "$(port_of "$service")" "${service^}"
    done
    listens_for gateway $((PORT + 5)) || need_port $((PORT + 5)) "the gateway's metrics"
    [[ ! -e $DATA/demo ]] || runs_on_its_port demo || need_demo_ports
}

runs_on_its_port() { listens_for "$1" "$(port_of "$1")"; }

# By what it was started with: a service that starts may not listen yet.
listens_for() {
    local pid
    pid=$(pid_of "$1")
    [[ -n $pid ]] && grep -qzE "^ASPNETCORE_URLS=.*:$2(;|$)" "/proc/$pid/environ" 2>/dev/null
}

start_services() {
    local service pid print start started=()
    rotate_logs
    start=$(now)
    for service in "${SERVICES[@]}"; do
        pid=$(pid_of "$service")
        print=$(fingerprint "$service")
        if [[ -n $pid && $(fingerprint_of "$service") == "$print" ]]; then
            # One that lost a server a moment ago is waited for like those that start.
            if healthy "$(port_of "$service")"; then
                begin "${service^}"
                say "runs already"
            else
                started+=("$service")
            fi
            continue
        fi
        if [[ -n $pid ]]; then
            begin "${service^}"
            end "$pid" 25
            say "stopped: its program or settings changed"
        fi
        need_port "$(port_of "$service")" "${service^}"
        launch "$service" "$print" "$(dll_of "$service")"
        started+=("$service")
    done
    for service in "${started[@]}"; do await "$service" "$start"; done
    ((${#started[@]} == 0)) || remove_old_apps
}

# launch NAME FINGERPRINT DLL ARGUMENTS
launch() {
    local name=$1 print=$2 dll=$3
    shift 3
    install -d -m 700 "$DATA/logs"
    (
        export_settings_of "$name"
        cd "$(dirname "$dll")" || exit
        exec setsid env Logging__LogLevel__Microsoft.AspNetCore=Warning dotnet "$dll" "$@" >>"$DATA/logs/$name.log" 2>&1 </dev/null 9>&-
    ) &
    remember "$name" $! "$print"
    disown $! 2>/dev/null || true
}

# await NAME START: until it is ready; else what it wrote last, and what to do.
await() {
    local name=$1 port deadline=$((SECONDS + ${SERM_READY_SECONDS:-120}))
    port=$(port_of "$name")
    begin "${name^}"
    until healthy "$port"; do
        if [[ -z $(pid_of "$name") ]]; then
            say "ended"
            tail -n 25 "$DATA/logs/$name.log" >&2
            fail "${name^} ended while it started; above is the end of $DATA/logs/$name.log. Put right what it names and run ./serm up again."
        fi
        if ((SECONDS >= deadline)); then
            say "not ready"
            tail -n 25 "$DATA/logs/$name.log" >&2
            fail "${name^} runs but is not ready after two minutes; above is the end of $DATA/logs/$name.log. http://127.0.0.1:$port/healthz/ready says what it waits for."
        fi
        sleep 0.2
    done
    say "ready $(since "$2")"
}

remove_old_apps() {
    local folder current
    current=$(cat "$DATA/app/current")
    for folder in "$DATA"/app/*/; do
        [[ $(basename "$folder") == "$current" ]] || rm -rf "$folder"
    done
}

stop_services() {
    local service pid pids=()
    # The gateway first: nobody is let in any more while the rest finishes its work.
    for service in demo gateway ingest sentiment mentions alerts; do
        pid=$(pid_of "$service")
        if [[ -n $pid ]]; then
            kill -TERM "$pid" 2>/dev/null || true
            pids+=("$service:$pid")
        fi
    done
    for service in "${pids[@]}"; do
        begin "${service%%:*}"
        end "${service##*:}" 25
        say stopped
    done
    rm -rf "${DATA:?}/run"
}

# --- the sample workspace ---

demo_ready() { grep -q '^ready' "$DATA/logs/demo.log" 2>/dev/null; }

need_demo_ports() {
    need_port $((PORT + 9)) "the sample workspace's feeds"
    need_port $((PORT + 8)) "the sample workspace's networks"
}

start_demo() {
    local pid print start deadline=$((SECONDS + 180)) arguments
    mapfile -t arguments < <(grep -v '^$' "$DATA/demo" || true)
    pid=$(pid_of demo)
    print=$(printf '%s\n' "$(app)" "$PORT" "${arguments[@]}" | sha256sum | cut -c1-16)
    if [[ -n $pid && $(fingerprint_of demo) == "$print" ]]; then
        begin Demo
        say "runs already"
        return
    fi
    [[ -z $pid ]] || end "$pid" 25
    need_demo_ports
    [[ -s $DATA/demo-key ]] || (
        umask 077
        run_tool gateway key --role admin --name demo >"$DATA/demo-key"
    ) || fail "No key for the sample workspace could be made."
    begin Demo
    start=$(now)
    : >"$DATA/logs/demo.log"
    (
        SERM_DEMO_KEY=$(cat "$DATA/demo-key")
        export SERM_DEMO_KEY
        launch demo "$print" "$(dll_of demo)" run --gateway "http://127.0.0.1:$PORT" --port $((PORT + 9)) --networks-port $((PORT + 8)) --state "$DATA/demo-state" "${arguments[@]}"
    )
    until demo_ready; do
        if [[ -z $(pid_of demo) ]] || ((SECONDS >= deadline)); then
            say "failed"
            tail -n 25 "$DATA/logs/demo.log" >&2
            # Arguments that it does not take would fail each start from now on.
            [[ -n $(pid_of demo) ]] || : >"$DATA/demo"
            fail "The sample workspace did not come up; above is the end of $DATA/logs/demo.log."
        fi
        sleep 0.3
    done
    say "ready $(since "$start")"
}
