# shellcheck shell=bash
# Compiles published programs to native code ahead of time (ReadyToRun). Each assembly is compiled once, whichever
# programs use it, and kept by its contents: after a change only what changed is compiled again.

# make_ready FOLDER: the programs in its sub-folders. Without the compiler they run as they are, only slower at first.
make_ready() {
    local cache=$ROOT/artifacts/ready compiler list=$1/.ready file print
    compiler=$(find_crossgen) || {
        say "The ahead-of-time compiler cannot be fetched: the services compile themselves while they run."
        return 0
    }
    mkdir -p "$cache"
    # What only training, drawing consoles, geometry, signed mail or other formats would use is left as it is.
    find "$1" -regextype posix-extended -name '*.dll' ! -path '*/runtimes/*' ! -regex '.*/(Microsoft\.ML|Spectre|NetTopologySuite|BouncyCastle|Newtonsoft|Google\.Protobuf|System\.Linq\.Dynamic)\.[^/]*' -printf '%p\n' | while read -r file; do say "$(sha256sum "$file" | cut -c1-32) $file"; done >"$list"
    sort -u -k1,1 "$list" | awk '{print $1 "\n" $2}' | CACHE=$cache COMPILER=$compiler CORE=$(runtime_folder Microsoft.NETCore.App) WEB=$(runtime_folder Microsoft.AspNetCore.App) xargs -r -n2 -P "$(nproc)" bash -c '
        [[ -e $CACHE/$1.dll || -e $CACHE/$1.as-is ]] && exit
        if "$COMPILER" "$2" -o "$CACHE/$1.$$" -r "$CORE/*.dll" -r "$WEB/*.dll" -r "$(dirname "$2")/*.dll" --targetos linux -O >/dev/null 2>&1; then
            mv "$CACHE/$1.$$" "$CACHE/$1.dll"
        else
            # No managed code, or compiled by its makers: it runs as it is.
            rm -rf "$CACHE/$1.$$"
            touch "$CACHE/$1.as-is"
        fi' _
    while read -r print file; do
        [[ ! -e $cache/$print.dll ]] || cp "$cache/$print.dll" "$file"
    done <"$list"
    rm -f "$list"
}

# runtime_folder FRAMEWORK: where the newest patch of the framework that the services run on lies.
runtime_folder() { dotnet --list-runtimes | sed -nE "s/^$1 (10\.[^ ]*) \[(.*)\]$/\2\/\1/p" | tail -1; }

find_crossgen() {
    local architecture=x64 folder
    [[ $(uname -m) != aarch64 ]] || architecture=arm64
    folder=$(dotnet msbuild "$ROOT/eng/ready/ready.csproj" -nologo -restore -t:CrossgenFolder -p:ReadyArchitecture=$architecture 2>/dev/null | sed -nE 's/^ *(\/.*\/tools)$/\1/p' | tail -1)
    [[ -e $folder/crossgen2 ]] || return 1
    chmod +x "$folder/crossgen2"
    say "$folder/crossgen2"
}
