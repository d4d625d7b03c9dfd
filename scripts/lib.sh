# shellcheck shell=bash
# What the scripts share: they source it, after `set -euo pipefail`, with the project's root as working folder.

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# need SENTENCE CHECK PACKAGE...: CHECK holds, or Debian's packages are installed where that is allowed (as root),
# or the script ends with the sentence.
need() {
    local sentence=$1 check=$2
    shift 2
    if "$check"; then return; fi
    if [[ $EUID -eq 0 && -e /etc/debian_version ]]; then
        echo "Installing what is missing: $*"
        export DEBIAN_FRONTEND=noninteractive
        apt-get -q update
        apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" </dev/null
    fi
    if ! "$check"; then fail "$sentence (On Debian: apt-get install $*)"; fi
}

has_c_compiler() { cc -fsyntax-only -x c - <<<'#include <stdlib.h>' 2>/dev/null; }
has_make() { command -v make >/dev/null; }
# Debian's perl-base has the interpreter without the core modules with which OpenSSL configures itself.
has_whole_perl() { perl -MFindBin -MIPC::Cmd -MFile::Compare -MPod::Usage -e1 2>/dev/null; }

need_rust() {
    local wanted found
    if ! command -v cargo >/dev/null; then PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin; fi
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if ! command -v cargo >/dev/null; then
        fail "Rust is missing: install version $wanted or newer with rustup, see https://rustup.rs."
    fi
    found=$(rustc --version | cut -d' ' -f2)
    if ! printf '%s\n' "$wanted" "$found" | sort -V -C; then
        fail "Rust $found is too old: version $wanted or newer is needed (rustup update)."
    fi
}

# Everything that `cargo build` needs: SQLite, libpq and OpenSSL are built from source.
need_build_tools() {
    need_rust
    need "A C compiler with the C library's headers is missing: SQLite and libpq are built with it." \
        has_c_compiler gcc libc6-dev
    need "make is missing: OpenSSL is built with it." has_make make
    need "Perl with its core modules is missing: OpenSSL is configured with it, and perl-base is not enough." \
        has_whole_perl perl
}

has_chinese_fonts() {
    local font folders
    if [[ ${XUNJIAN_FONTS_DIR:-} || $OSTYPE == darwin* ]]; then return 0; fi
    folders=(/usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts")
    for font in NotoSerifCJK-Regular NotoSansCJK-Regular LXGWWenKai-Regular; do
        [[ $(find -L "${folders[@]}" -iname "$font.*" -print -quit 2>/dev/null) ]] || return 1
    done
}

# Documents are typeset with the fonts of the machine.
need_chinese_fonts() {
    need "Chinese fonts are missing: reports are typeset with them." has_chinese_fonts fonts-noto-cjk fonts-lxgw-wenkai
}

has_pdf_reader() { command -v pdftotext >/dev/null; }

# The tests read what they typeset.
need_pdf_reader() { need "pdftotext is missing: the tests read reports with it." has_pdf_reader poppler-utils; }

# A Python that has the libraries: Debian's packages are for its own, which need not be the first.
python_that_reads() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c "import docx, openpyxl" 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    return 1
}
has_document_readers() { python_that_reads >/dev/null; }

# What the service writes for Word and Excel is read by other programs.
need_document_readers() {
    need "python-docx or openpyxl is missing: the rehearsal's reports are read with them." \
        has_document_readers python3-docx python3-openpyxl
}

has_curl() { command -v curl >/dev/null; }

# The README's first hour is run as it stands there.
need_curl() { need "curl is missing: the README's first hour is run with it." has_curl curl ca-certificates; }

need_formatter_and_linter() {
    if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then return; fi
    if command -v rustup >/dev/null; then rustup component add rustfmt clippy; fi
    cargo fmt --version >/dev/null || fail "rustfmt is missing (rustup component add rustfmt)."
    cargo clippy --version >/dev/null || fail "clippy is missing (rustup component add clippy)."
}

# The folder of cargo's results, wherever the environment or cargo's configuration puts it.
target_folder() {
    cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}

# A private folder, gone when the script ends. Always below /tmp: short enough for the name of a socket (107
# characters), and the server's user can enter it.
make_scratch() {
    scratch=$(mktemp -d /tmp/xunjian.XXXXXX)
    chmod 711 "$scratch"
    trap clean_up EXIT
}

clean_up() {
    if [[ -e $scratch/postgres/data/postmaster.pid ]]; then
        as_server_user "$server_programs/pg_ctl" --pgdata="$scratch/postgres/data" --mode=immediate --silent stop
    fi
    rm -rf "$scratch"
}

# Finds the newest server programs, on the PATH first, and remembers their folder.
has_postgres() {
    local folder
    for folder in "$(dirname "$(command -v initdb || echo none)")" \
        $(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort --reverse); do
        if [[ -x $folder/initdb && -x $folder/pg_ctl && -x $folder/postgres ]]; then
            server_programs=$folder
            return 0
        fi
    done
    return 1
}

# PostgreSQL refuses to run as root: it is handed to the user `postgres`, or else `nobody`.
as_server_user() {
    local user=nobody
    if [[ $EUID -ne 0 ]]; then
        "$@"
        return
    fi
    if id postgres >/dev/null 2>&1; then user=postgres; fi
    (cd "$scratch" && setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@")
}

# Starts a throw-away PostgreSQL cluster, reached by a unix socket only, and exports XUNJIAN_TEST_POSTGRES, the URL of
# its empty database `postgres`; a test makes a database of its own there. Needs make_scratch. What is turned off
# guards against the machine's loss of power only.
start_postgres() {
    need "PostgreSQL's server programs (initdb, pg_ctl, postgres) are neither on the PATH nor in \
/usr/lib/postgresql: the tests run on both engines." has_postgres postgresql
    local home=$scratch/postgres
    mkdir -m 700 "$home"
    if [[ $EUID -eq 0 ]]; then chown "$(as_server_user id -u)" "$home"; fi
    as_server_user "$server_programs/initdb" --pgdata="$home/data" --locale=C --encoding=UTF8 --auth=trust \
        --username=xunjian --no-sync >"$scratch/initdb.log" 2>&1 || fail "initdb: $(cat "$scratch/initdb.log")"
    cat >>"$home/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$home'
max_connections = 300
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
SETTINGS
    as_server_user "$server_programs/pg_ctl" --pgdata="$home/data" --log="$home/log" --silent start ||
        fail "PostgreSQL doesn't start: $(cat "$home/log")"
    export XUNJIAN_TEST_POSTGRES="postgres:///postgres?host=$home&user=xunjian"
}
