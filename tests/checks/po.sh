#!/usr/bin/env bash
# Every message of the code has its Japanese in base/po/ja.po; nothing there is fuzzy, obsolete or malformed.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
for tool in awk xgettext msgfmt msgmerge msgattrib; do need_tool "$tool"; done

if [ "${1:-}" = --self-test ]; then
    make_tree
    mkdir -p "$copy/base/po"
    printf 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "cannot open %%s"\nmsgstr "%%s"\n' \
        >"$copy/base/po/ja.po"
    printf 'void f(void) { g(_("cannot open %%s")); }\n' >"$copy/base/a.c"
    self_test_begins
    plant base/a.c 'void h(void) { g(_("new message")); }' "a message without translation"
    plant base/a.c 'const char *h = N_("marked message");' "a marked message without translation"
    plant base/po/ja.po $'\nmsgid "gone"\nmsgstr "x"' "a translation of nothing"
    plant base/po/ja.po $'\n#~ msgid "gone"\n#~ msgstr "x"' "an obsolete entry"
    plant base/po/ja.po $'\n#, fuzzy\nmsgid "gone"\nmsgstr "x"' "a fuzzy entry"
    plant base/po/ja.po 'msgid "unfinished' "a malformed catalogue"
    sed -i 's/msgstr "%s"/msgstr "%d"/' "$copy/base/po/ja.po"
    if HOZEN_CHECK_ROOT=$copy "$0" >/dev/null 2>&1; then
        echo "po.sh: self-test: not found: %d for %s"
        exit 1
    fi
    exit 0
fi

po=base/po/ja.po
cd "$root"
temp=$(mktemp -d)
trap 'rm -rf "${copy:-}" "$temp"' EXIT
c_files "${folders[@]}" | grep -v '^base/po/po2c\.c$' >"$temp/files"
xgettext --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=lang_text_in:2 --no-wrap --sort-by-file \
    --files-from="$temp/files" --output="$temp/all.pot" 2>"$temp/log" || { sed "s|^|$po: |" "$temp/log"; exit 1; }
# What is a format string, only the template says: so merge first, then check.
if ! msgmerge --quiet --no-fuzzy-matching --no-wrap --output-file="$temp/merged.po" "$po" "$temp/all.pot" 2>"$temp/log"; then
    sed "s|^|$po: |" "$temp/log"
    exit 1
fi
msgfmt --check-format --check-domain --output-file=/dev/null "$temp/merged.po" 2>&1 | grep -v 'header field' |
    sed "s|^$temp/merged.po|$po (merged)|" | grep -E 'error|format' >"$temp/found" || true
# Entries of a catalogue on stdin as "file:line: what: text"; where there is no reference, the catalogue's name.
entries() {
    awk -v what="$1" -v po="$po" '
        /^#: / { where = $2 }
        /^(#~ )?msgid / {
            sub(/^(#~ )?msgid /, "")
            if ($0 != "\"\"") print (where == "" ? po : where) ": " what ": " $0
            where = ""
        }'
}
{
    msgattrib --no-wrap --untranslated "$temp/merged.po" | entries "has no Japanese in $po"
    # msgmerge marks as fuzzy what does not fit the format string of the code
    msgattrib --no-wrap --only-fuzzy "$temp/merged.po" | entries "fuzzy, or its % conversions are not those of the code"
    msgattrib --no-wrap --only-fuzzy "$po" | entries "fuzzy"
    msgattrib --no-wrap --only-obsolete "$po" | entries "obsolete"
    msgattrib --no-wrap --only-obsolete "$temp/merged.po" | entries "$po translates what the code does not say"
} >>"$temp/found"
sort -u "$temp/found" | none_expected
