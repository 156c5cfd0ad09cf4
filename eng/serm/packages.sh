# shellcheck shell=bash
# Finds the programs that Serm needs, and installs those that are missing.

need_dotnet() {
    # A service manager may give none, and dotnet wants one.
    export HOME=${HOME:-$(getent passwd "$EUID" | cut -d: -f6)}
    local folder=${DOTNET_ROOT:-$HOME/.dotnet} have own
    have=$(newest_sdk dotnet)
    if ! is_new "$have" && own=$(newest_sdk "$folder/dotnet") && is_new "$own"; then
        have=$own
        PATH=$folder:$PATH
        # Else that of the other one may count.
        export DOTNET_ROOT=$folder
    fi
    is_new "$have" || fail "Serm needs the .NET SDK 10${have:+ (the newest here is ${have%% *})}. Install it from https://dotnet.microsoft.com/download/dotnet/10.0 or with
  curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
and run this again."
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}

newest_sdk() { "$1" --list-sdks 2>/dev/null | sort -V | tail -1 || true; }

is_new() { ((${1%%.*} + 0 >= 10)) 2>/dev/null; }

# The folder of PostgreSQL's programs, 15 or newer; the newest wins.
find_postgres() {
    local folder version
    for folder in $(compgen -G '/usr/lib/postgresql/*/bin' | sort -rV) $(compgen -G '/usr/pgsql-*/bin' | sort -rV) $(compgen -G '/usr/libexec/postgresql*' | sort -rV) /usr/bin /usr/local/bin /usr/local/pgsql/bin; do
        [[ -x $folder/initdb && -x $folder/pg_ctl && -x $folder/postgres ]] || continue
        version=$("$folder/postgres" --version | grep -oE '[0-9]+' | head -1)
        ((version >= 15)) && say "$folder" && return
    done
    return 1
}

# The folder of RabbitMQ's own scripts, 3.10 or newer. Those in /usr/sbin refuse ordinary users.
find_rabbitmq() {
    local script folder version
    for script in /usr/lib/rabbitmq/bin/rabbitmq-server $(compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' | sort -rV) /opt/rabbitmq/sbin/rabbitmq-server $(compgen -G '/usr/local/lib/rabbitmq_server-*/sbin/rabbitmq-server' | sort -rV); do
        [[ -x $script ]] || continue
        folder=$(dirname "$(readlink -f "$script")")
        version=$(grep -oE 'rabbitmq_server-[0-9]+\.[0-9]+' <<<"$folder" | cut -d- -f2)
        if [[ -z $version || $(printf '%s\n3.10\n' "$version" | sort -V | head -1) == 3.10 ]]; then
            say "$folder"
            return
        fi
    done
    return 1
}

find_chromium() {
    local name
    for name in "${SERM_TEST_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        [[ -n $name ]] && command -v "$name" && return
    done
    return 1
}

find_kubectl() { command -v "${SERM_TEST_KUBECTL:-kubectl}"; }

# install_packages WHAT WHY APT DNF APK: installs packages with the system's package manager, or says what to type.
install_packages() {
    local what=$1 why=$2 line
    if command -v apt-get >/dev/null; then
        line="apt-get install -y --no-install-recommends $3"
    elif command -v dnf >/dev/null; then
        line="dnf install -y $4"
    elif command -v apk >/dev/null; then
        line="apk add $5"
    else
        fail "$what is missing: $why. Install it and run this again."
    fi
    say "$what is missing: $why. Installing: $line"
    local sudo=()
    if ! as_root; then
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
            sudo=(sudo)
        else
            fail "You may not install packages. Have an administrator run
  $line
and run this again."
        fi
    fi
    local log
    log=$(mktemp)
    local code=0
    (
        # Debian starts what it installs; Serm starts servers of its own and leaves the system's alone. Whoever interrupts this leaves nothing behind, and what an earlier one left goes.
        policy=/usr/sbin/policy-rc.d
        if [[ $line == apt-get* ]] && { [[ ! -e $policy ]] || grep -qs '^# Serm' "$policy"; }; then
            trap '"${sudo[@]}" rm -f "$policy"' EXIT
            trap 'exit 130' INT TERM HUP
            printf '#!/bin/sh\n# Serm, while it installs packages.\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
            "${sudo[@]}" chmod 755 "$policy"
        fi
        [[ $line != apt-get* ]] || "${sudo[@]}" apt-get update || true
        # shellcheck disable=SC2086
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive $line
    ) >"$log" 2>&1 </dev/null || code=$?
    if ((code)); then
        tail -15 "$log" >&2
        fail "$what could not be installed; above is the end of $log. The command was
  $line"
    fi
    rm -f "$log"
}

need_postgres() {
    POSTGRES_BIN=$(find_postgres) && return
    install_packages "PostgreSQL 15 or newer" "Serm keeps all data in it" postgresql "postgresql-server" "postgresql"
    POSTGRES_BIN=$(find_postgres) || fail "The system's PostgreSQL is older than 15. Install a newer one (https://www.postgresql.org/download), or point SERM_POSTGRES at a server."
}

need_rabbitmq() {
    RABBITMQ_BIN=$(find_rabbitmq) && return
    install_packages "RabbitMQ 3.10 or newer" "the services hand messages to one another through it" rabbitmq-server rabbitmq-server rabbitmq-server
    RABBITMQ_BIN=$(find_rabbitmq) || fail "The system's RabbitMQ is older than 3.10. Install a newer one (https://www.rabbitmq.com/docs/download), or point SERM_RABBITMQ at a broker."
}

need_chromium() {
    find_chromium >/dev/null || install_packages Chromium "the browser tests drive it" chromium chromium chromium
    SERM_TEST_CHROMIUM=$(find_chromium) || fail "Chromium was installed but is not in PATH. Set SERM_TEST_CHROMIUM to its program."
    export SERM_TEST_CHROMIUM
}

need_kubectl() {
    find_kubectl >/dev/null || install_packages kubectl "the tests of deploy/k8s render the manifests with it" kubernetes-client kubernetes-client kubectl
    SERM_TEST_KUBECTL=$(find_kubectl) || fail "kubectl was installed but is not in PATH. Set SERM_TEST_KUBECTL to it."
    export SERM_TEST_KUBECTL
}
