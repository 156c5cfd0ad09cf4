# shellcheck shell=bash
# Settings, messages, secrets, processes: what all other parts need.

PORT=${SERM_PORT:-8080}
DATA=$(realpath -m "${SERM_DATA:-$ROOT/.serm}")
LISTEN=${SERM_LISTEN:-127.0.0.1}

say() { printf '%s\n' "$*"; }

fail() {
    printf 'serm: %s\n' "$*" >&2
    exit 1
}

if [[ ! $PORT =~ ^[0-9]{4,5}$ ]] || ((PORT < 1024 || PORT > 65400)); then
    fail "SERM_PORT is '$PORT'; give a number from 1024 to 65400."
fi
[[ -d /proc/self ]] || fail "This script needs Linux. In a container or on a cluster, see docs/kubernetes.md."

as_root() { ((EUID == 0)); }

# compile WHAT: one at a time in a checkout. -o: the compiler's server outlives the build, and would keep the lock for as long.
compile() (
    cd "$ROOT"
    mkdir -p artifacts
    flock -o artifacts/build.lock dotnet build "$1" -c Release -v quiet --nologo
)

# One start or stop at a time in a data directory.
lock() {
    mkdir -p "$DATA"
    exec 9>"$DATA/lock"
    flock -n 9 && return
    say "Another ./serm works in $DATA; waiting for it."
    flock -w 600 9 || fail "The other ./serm did not end within ten minutes."
}

random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

# Made once in the life of a data directory; readable by its owner only.
make_secrets() {
    if [[ ! -s $DATA/secrets ]]; then
        chmod 700 "$DATA"
        (
            umask 077
            cat >"$DATA/secrets.new" <<TEXT
NODE=serm$(random 5)
POSTGRES_PASSWORD=$(random 20)
RABBITMQ_PASSWORD=$(random 20)
INTERNAL_KEY=$(random 32)
DATA_KEY=$(random 32)
ADMIN_PASSWORD=$(random 9)
TEXT
        )
        mv "$DATA/secrets.new" "$DATA/secrets"
    fi
    load_secrets
}

load_secrets() {
    [[ -s $DATA/secrets ]] || fail "Nothing was started in $DATA yet. ./serm up does."
    # shellcheck source=/dev/null
    source "$DATA/secrets" || fail "$DATA/secrets cannot be read. Run this as the user who ran ./serm up."
}

# An instance is its owner's: to others it would look as if nothing ran, and what they started would be theirs.
need_own() {
    [[ ! -d $DATA || -x $DATA ]] && [[ ! -e $DATA/secrets || -O $DATA/secrets ]] && return
    local owner
    owner=$(stat -c %U "$([[ -x $DATA ]] && echo "$DATA/secrets" || echo "$DATA")")
    fail "$DATA belongs to $owner. Run this as that user."
}

# True where Serm has been at work. Nothing is ended or deleted elsewhere, whatever SERM_DATA says.
is_ours() { [[ -e $DATA/secrets || -e $DATA/app ]]; }

# --- processes ---

# What tells a process from a later one with the same id: when it started, and since which boot.
birth() {
    local stat boot
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The name, in brackets, may contain spaces.
    read -r -a stat <<<"${stat##*) }"
    [[ ${stat[0]} != Z ]] || return 1
    boot=$(cat /proc/sys/kernel/random/boot_id)
    say "${stat[19]}@$boot"
}

# remember NAME PID FINGERPRINT
remember() {
    install -d -m 700 "$DATA/run"
    say "$2 $(birth "$2" || true) $3" >"$DATA/run/$1"
}

# pid_of NAME: the process that was remembered, if it still lives.
pid_of() {
    local pid born
    [[ -r $DATA/run/$1 ]] || return 0
    read -r pid born _ <"$DATA/run/$1" || return 0
    if [[ -n $pid && $(birth "$pid") == "$born" ]]; then say "$pid"; fi
}

fingerprint_of() {
    local print=
    [[ -r $DATA/run/$1 ]] && read -r _ _ print <"$DATA/run/$1"
    say "$print"
}

memory_of() { awk '/^VmRSS/ { printf "%.0f MB", $2 / 1024 }' "/proc/$1/status" 2>/dev/null || say -; }

# end PID SECONDS: asks a process to end, then makes it.
end() {
    local born deadline=$((SECONDS + $2))
    born=$(birth "$1") || return 0
    kill -TERM "$1" 2>/dev/null || true
    while [[ $(birth "$1") == "$born" ]]; do
        if ((SECONDS >= deadline)); then
            kill -KILL "$1" 2>/dev/null || true
            deadline=$((SECONDS + 10))
        fi
        sleep 0.1
    done
}

# --- network ---

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# need_port PORT WHAT: fails when somebody else has it.
need_port() {
    local who='' waited=0
    # The ports of a process that was killed are closed a moment after it is gone, on a busy machine a while.
    while listens "$1"; do
        ((waited++ < 50)) || break
        sleep 0.1
    done
    listens "$1" || return 0
    command -v ss >/dev/null && who=$(ss -ltnpH "sport = :$1" 2>/dev/null | sed -n 's/.*users:((\(.*\)))$/\1/p' | head -1)
    fail "Port $1, which $2 needs, is taken${who:+ by $who}. Choose another range, and keep to it: export SERM_PORT=$((PORT + (PORT > 64000 ? -1000 : 1000)))"
}

# healthy PORT: GET /healthz/ready tells that nothing is missing. A service without its broker answers 200 too, and says that it is degraded. A bare machine may have no curl.
healthy() {
    local answer
    # shellcheck disable=SC2016
    answer=$(timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET /healthz/ready HTTP/1.0\r\nHost: localhost\r\n\r\n" >&3 && cat <&3' _ "$1" 2>/dev/null) || return 1
    [[ $answer == *$'\r\n\r\n{"status":"Healthy"'* ]]
}

# --- progress ---

now() { date +%s%N; }

since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f s", (b - a) / 1e9 }'; }

# begin TEXT ... done_in START: "PostgreSQL ... ready 2.1 s"
begin() { printf '%-12s ... ' "$1"; }

# --- logs ---

rotate() {
    local file=$1 size
    size=$(stat -c %s "$file" 2>/dev/null) || return 0
    ((size > 20000000)) || return 0
    mv -f "$file.2" "$file.3" 2>/dev/null || true
    mv -f "$file.1" "$file.2" 2>/dev/null || true
    # The writer appends, so it goes on at the start of the emptied file.
    cp "$file" "$file.1" && : >"$file"
}

rotate_logs() {
    local file
    for file in "$DATA"/logs/*.log; do rotate "$file"; done
}

logs_of() {
    case $1 in
        postgres) find -L "$DATA/servers/postgres-log" -name '*.log' 2>/dev/null | sort | tail -1 ;;
        rabbitmq) find -L "$DATA/servers/rabbitmq/log" -name "*.log" ! -name '*_upgrade*' 2>/dev/null | sort | tail -1 ;;
        *) find "$DATA/logs" -name "$1.log" 2>/dev/null ;;
    esac
}
