# shellcheck shell=bash
# Tests, benchmarks and training.

# Servers for one run, thrown away before the next.
start_test_servers() {
    local home=$DATA/test port=$((PORT + 40)) old
    mkdir -p "$home"
    exec 7>"$home.lock"
    flock -n 7 || fail "Another test or bench runs in $home."
    unset SERM_POSTGRES SERM_RABBITMQ
    POSTGRES_PASSWORD=$(random 20) RABBITMQ_PASSWORD=$(random 20) NODE=sermtest$(random 5)
    SERM_POSTGRES_CONNECTIONS=600
    trap 'stop_servers "$DATA/test" >/dev/null 2>&1' EXIT
    trap 'exit 130' INT TERM HUP
    stop_servers "$home" >/dev/null
    if old=$(readlink -e "$home/servers"); then rm -rf "$old"; fi
    rm -rf "${home:?}"
    mkdir -p "$home"
    # Nobody has to find them: where somebody has a port of this range they take another.
    while listens $((port + 10)) || listens $((port + 11)) || listens $((port + 12)) || listens $((port + 13)); do ((port += 100)); done
    start_own_servers "$home" "$port" 7>&-
    export SERM_TEST_POSTGRES="Host=127.0.0.1;Port=$((port + 10));Username=serm;Password=$POSTGRES_PASSWORD;Database=serm"
    export SERM_TEST_RABBITMQ="amqp://serm:$RABBITMQ_PASSWORD@127.0.0.1:$((port + 11))/"
    export SERM_TEST_CONTROL=$ROOT/serm SERM_TEST_HOME=$home SERM_TEST_PORT=$port
    export SERM_TEST_SECRETS="NODE=$NODE POSTGRES_PASSWORD=$POSTGRES_PASSWORD RABBITMQ_PASSWORD=$RABBITMQ_PASSWORD"
}

# The fault tests' way to the servers of their run: servers kill postgres|rabbitmq, servers start.
test_servers() {
    [[ -n ${SERM_TEST_HOME:-} ]] || fail "Only a test run has servers that can be killed: ./serm test integration"
    local NODE POSTGRES_PASSWORD RABBITMQ_PASSWORD SERM_POSTGRES_CONNECTIONS=600
    # shellcheck disable=SC2086,SC2163
    declare $SERM_TEST_SECRETS
    case "$*" in
        'kill postgres') kill -KILL "$(postgres_pid "$SERM_TEST_HOME")" ;;
        'kill rabbitmq') kill -KILL "$(rabbitmq_pid "$SERM_TEST_HOME")" ;;
        start) start_own_servers "$SERM_TEST_HOME" "$SERM_TEST_PORT" 7>&- ;; # The lock of the run is not for its servers.
        *) fail "servers takes kill postgres, kill rabbitmq or start." ;;
    esac
}

run_tests() {
    local which=(unit integration e2e)
    case ${1:-all} in
        --real)
            shift
            run_real_tests "$@"
            return
            ;;
        unit | integration | e2e)
            which=("$1")
            shift
            ;;
        all) (($# == 0)) || shift ;;
    esac
    need_dotnet
    mkdir -p "$DATA"
    [[ " ${which[*]} " != *' unit '* ]] || need_kubectl
    [[ " ${which[*]} " != *' e2e '* ]] || need_chromium
    # Unit tests need no server, and none of the other test projects.
    local start what=Serm.sln
    if [[ ${which[*]} == unit ]]; then
        mkdir -p "$DATA/test"
        what=tests/unit
    else
        start_test_servers
    fi
    begin Build
    start=$(now)
    if ! compile "$what" >"$DATA/test/build.log" 2>&1 7>&-; then
        say failed
        grep -E 'error' "$DATA/test/build.log" | sort -u | head -40 || tail -40 "$DATA/test/build.log"
        say "0 passed, 1 failed"
        exit 1
    fi
    say "done $(since "$start")"

    local passed=0 failed=0 skipped=0 name
    for name in "${which[@]}"; do run_project "$name" "$@"; done
    say
    ((skipped == 0)) || say "$skipped skipped"
    say "$passed passed, $failed failed"
    ((passed + failed + skipped > 0)) || fail "No test fits: $*. Patterns of one kind (--filter-class) can be repeated, kinds cannot be mixed."
    ((failed == 0))
}

# Runs one project, streams what it says, and adds its counts.
run_project() {
    local name=$1 project code=0 log=$DATA/test/$1.log
    shift
    case $name in
        e2e) project=Serm.Tests.E2E ;;
        *) project=Serm.Tests.${name^} ;;
    esac
    say
    say "--- $name"
    local start=$SECONDS
    (cd "$ROOT" && timeout --foreground -k 30 3600 dotnet "artifacts/bin/$project/release/$project.dll" --progress off --no-ansi "$@" 7>&-) 2>&1 | tee "$log" || code=${PIPESTATUS[0]}
    local good bad skip
    good=$(count succeeded "$log") bad=$(count failed "$log") skip=$(count skipped "$log")
    # 8: the project has no test (that fits the arguments). Any other code without a failed test is a crash.
    if ((code != 0 && code != 8 && bad == 0)); then
        say "$name ended with $code before it could sum up."
        bad=1
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
    say "--- $name: $good passed, $bad failed, $((SECONDS - start)) s"
}

# count WORD LOG: from the summary that the runner writes last.
count() {
    local number
    number=$(sed -nE "s/^ *$1: ([0-9]+).*/\1/p" "$2" | tail -1)
    say "${number:-0}"
}

run_bench() {
    need_dotnet
    mkdir -p "$DATA"
    need_chromium
    start_test_servers
    cd "$ROOT" || return
    # Measured is what people run: the programs as ./serm up starts them. Some measurements start none.
    if [[ ! "$* " =~ ^((feeds|match|matching|polling|stream)\ )+$ ]]; then
        build_services
        SERM_TEST_PROGRAMS=$(app)
        export SERM_TEST_PROGRAMS
    fi
    compile tests/bench 7>&- || fail "The build failed."
    dotnet run -c Release --no-build --project tests/bench -- "$@" 7>&-
}

# From where it is called, so that a relative folder is the caller's.
train() {
    need_dotnet
    compile services/sentiment >&2 || fail "The build failed."
    dotnet "$ROOT/artifacts/bin/Serm.Sentiment/release/Serm.Sentiment.dll" train "$@"
}
