#!/usr/bin/env python3
"""Plants one violation of each rule in a tree of its own and expects it to be found."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import binary_checks
import header_checks
import program_checks
import source_checks

HERE = pathlib.Path(__file__).resolve().parent
CLEAN = {
    "core/base/str.h": "#ifndef S\n#define S\nint str_len(void);\n#endif\n",
    "core/domain/call.h": '#include "core/base/str.h"\n',
    "core/domain/call_impl.h": "",
    "core/engine/place.c": '#include "core/domain/call.h"\n/* Twilio docs: CallSid */\n',
    "core/io/store_sqlite.c": '#include <sqlite3.h>\nconst char *q = "SELECT id FROM calls";\n',
    "providers/rest/rest.h": '#include "core/domain/call.h"\n',
    "providers/twilio/twilio.h": '#include "providers/rest/rest.h"\n',
    "providers/twilio/twilio.c": '#include "providers/twilio/twilio.h"\nconst char *w = "CallSid";\n',
    "providers/plivo/plivo.c": '#include "core/domain/call_impl.h"\n',
    "providers/mock/mock.c": '#include "providers/twilio/twilio.h"\n',
    "twiml/read.c": "#include <libxml/parser.h>\n",
    "README.md": "Runs anywhere.\n",
    "web/package-lock.json": '{"packages": {"a": {"version": "1", "integrity": "sha512-x"}}}\n',
}


class Planted(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="arch-"))
        self.addCleanup(shutil.rmtree, self.root)
        for rel, content in CLEAN.items():
            self.plant(rel, content)
        self.plant("tests/arch/rules.txt", (HERE / "rules.txt").read_text())

    def plant(self, rel, content):
        path = self.root / rel
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def expect(self, problems, *words):
        problems = list(problems)
        for word in words:
            self.assertTrue(any(word in p for p in problems), f"{word!r} not in {problems}")
        self.assertEqual(len(problems), len(words), problems)


class Source(Planted):
    def test_a_clean_tree_passes(self):
        for check in (source_checks.includes, source_checks.sql, source_checks.carrier_words,
                      source_checks.unfinished, source_checks.occasion, source_checks.lock_files,
                      source_checks.links):
            self.expect(check(self.root))

    def test_includes_point_inwards(self):
        self.plant("core/base/str.c", '#include "core/domain/call.h"\n')
        self.plant("core/io/http.c", '#include "core/engine/place.c"\n')
        self.plant("twiml/write.c", '#include "providers/rest/rest.h"\n')
        self.expect(source_checks.includes(self.root), "core/base/str.c:1", "core/io/http.c:1", "twiml/write.c:1")

    def test_one_carrier_does_not_include_another(self):
        self.plant("providers/plivo/plivo.c", '#include "providers/twilio/twilio.h"\n')
        self.plant("providers/mock/x.c", '#include "providers/twilio/twilio.c"\n')
        self.plant("providers/rest/rest.c", '#include "providers/twilio/twilio.h"\n')
        self.expect(source_checks.includes(self.root), "plivo.c:1", "mock/x.c:1", "rest.c:1")

    def test_ports_are_implemented_outside_the_engine(self):
        for rel in ("core/engine/place.c", "core/app/api.c"):
            self.plant(rel, '#include "core/domain/call_impl.h"\n')
        self.expect(source_checks.includes(self.root), "place.c:1", "api.c:1")

    def test_who_makes_one_port_inside_sees_no_other(self):
        for port in ("brain", "provider"):
            self.plant(f"core/domain/{port}_impl.h", "")
        both = '#include "core/domain/brain_impl.h"\n#include "core/domain/provider_impl.h"\n'
        self.plant("core/engine/brain_scripted.c", both)
        self.plant("core/app/providers_setup.c", both)
        self.expect(source_checks.includes(self.root), "brain_scripted.c:2", "providers_setup.c:1")

    def test_includes_are_paths_from_the_root(self):
        self.plant("core/base/str.c", '\n#include "str.h"\n')
        self.expect(source_checks.includes(self.root), "str.c:2")

    def test_new_folders_need_a_rule(self):
        self.plant("core/misc/x.c", "")
        self.expect(source_checks.includes(self.root), "core/misc/x.c")

    def test_libraries_stay_behind_their_adapter(self):
        self.plant("core/app/a.c", "#include <libxml/tree.h>\n#include <sqlite3.h>\n")
        self.plant("core/io/http.c", "#include <sqlite3.h>\n#include <curl/curl.h>\n")
        self.expect(source_checks.includes(self.root), "a.c:1", "a.c:2", "http.c:1")

    def test_sql_stays_in_the_store(self):
        self.plant("core/engine/place.c", '/* "SELECT " */\nx("INSERT INTO calls");\n')
        self.plant("core/app/a.c", "sqlite3_exec(db);\n")
        self.expect(source_checks.sql(self.root), "place.c:2", "a.c:1")

    def test_carriers_are_named_at_home_only(self):
        self.plant("core/engine/place.c", 'if (is("plivo")) return;\n')
        self.plant("core/io/http.c", 'x("CallSid");\n')
        self.plant("providers/plivo/plivo.c", "int twilio_mode;\n")
        self.expect(source_checks.carrier_words(self.root), "place.c:1", "http.c:1", "plivo.c:1")

    def test_nothing_is_left_unfinished(self):
        self.plant("README.md", "a\n" + "TO" + "DO: write\n")
        self.plant("core/base/str.c", "/* FIX" + "ME */\n")
        self.expect(source_checks.unfinished(self.root), "README.md:2", "str.c:1")

    def test_text_is_about_the_program(self):
        self.plant("README.md", "see /" + "work/x\nsee /" + "home/jo/x\nhttps://a.example/" + "work/x\n"
                   "cd /" + "work\nlog in /" + "tmp/x\n")
        self.plant("core/base/str.c", "/* as " + "requested */\n")
        self.expect(source_checks.occasion(self.root), "README.md:1", "README.md:2", "README.md:4", "README.md:5",
                    "str.c:1")

    def test_lock_files_name_no_registry(self):
        self.plant("web/package-lock.json", '{"resolved": "https://registry.example/a.tgz"}\n')
        self.plant("web/.npmrc", "registry=https://registry.example\n")
        self.expect(source_checks.lock_files(self.root), "package-lock.json", ".npmrc")

    def test_links_lead_somewhere(self):
        self.plant("docs/page.md", "# A page, and more\n```sh\n# no heading [x](y)\n```\n[up](../README.md)\n")
        self.plant("README.md", "[p](docs/page.md#a-page-and-more)\n[gone](docs/gone.md)\n"
                   "[h](docs/page.md#no-heading-xy)\n[web](https://a.example/b)\n")
        self.expect(source_checks.links(self.root), "README.md:2", "README.md:3")

    def test_every_source_is_built(self):
        rels = [r for r in CLEAN if r.endswith(".c") and r != "twiml/read.c"]
        commands = self.plant("build/compile_commands.json",
                              json.dumps([{"file": str((self.root / r).resolve())} for r in rels]))
        self.expect(source_checks.unlisted(self.root, commands), "twiml/read.c")


class Headers(Planted):
    def test_a_header_that_needs_another_is_found(self):
        self.plant("core/base/buf.h", "#ifndef B\n#define B\nsize_t buf_len(void);\n#endif\n")
        self.expect(header_checks.headers(self.root), "core/base/buf.h")

    def test_a_header_without_a_guard_is_found(self):
        self.plant("core/base/buf.h", "struct buf { int x; };\n")
        self.expect(header_checks.headers(self.root), "core/base/buf.h")


class Symbols(Planted):
    def archive(self, name, **sources):
        members = []
        for stem, code in sources.items():
            source = self.plant(f"obj/{stem}.c", code)
            member = source.with_suffix(".c.o")
            subprocess.run(["gcc", "-w", "-O1", "-fPIE", "-fno-builtin", "-c", source, "-o", member], check=True)
            members.append(member)
        path = self.root / name
        subprocess.run(["ar", "qc", path, *members], check=True)
        return str(path)

    def globals(self, archive, allowed=""):
        return binary_checks.globals_and_constructors([archive], self.plant("globals.txt", allowed))

    def test_banned_calls_are_found(self):
        a = self.archive("libswh_io.a", a="int f(char *d) { strcpy(d, d); return atoi(d); }")
        self.expect(binary_checks.banned([a]), "calls strcpy", "calls atoi")

    def test_a_fortified_call_is_still_the_call(self):
        a = self.archive("libswh_io.a", a="void f(char *d) { __sprintf_chk(d); __isoc99_sscanf(d); }")
        self.expect(binary_checks.banned([a]), "calls sprintf", "calls sscanf")

    def test_raw_memory_is_for_mem_c_only(self):
        code = "void *f(void) { return malloc(1); }"
        self.expect(binary_checks.raw_memory([self.archive("libswh_base.a", mem=code)]))
        self.expect(binary_checks.raw_memory([self.archive("libswh_io.a", mem=code)]), "calls malloc")

    def test_getenv_and_libraries_are_used_at_home_only(self):
        code = "void f(void) { getenv(); sqlite3_open(); xmlFree(); }"
        app = self.archive("libswh_app.a", config=code)
        self.expect(binary_checks.libraries_at_home([app]), "sqlite3_open", "xmlFree")
        io = self.archive("libswh_io.a", store_sqlite=code)
        self.expect(binary_checks.libraries_at_home([io]), "getenv", "xmlFree")

    def test_mutable_data_is_found_and_constant_tables_are_not(self):
        code = """static const char *const names[] = {"a", "b"}; const int limit = 3;
                  int counter; static _Thread_local int mine = 2;
                  const char *f(int i) { static int calls; calls++; mine++; return names[i + calls + mine]; }"""
        self.expect(self.globals(self.archive("libswh_io.a", a=code)), ":counter", ":calls", ":mine")

    def test_an_allowed_global_needs_a_reason_and_must_exist(self):
        a = self.archive("libswh_io.a", a="int counter;")
        self.expect(self.globals(a, "libswh_io.a:a.c.o:counter the library asks for it\n"))
        self.expect(self.globals(a, "libswh_io.a:a.c.o:counter\nlibswh_io.a:a.c.o:gone why not\n"),
                    "gives no reason", "it is gone")

    def test_constructors_are_found(self):
        a = self.archive("libswh_io.a", a="__attribute__((constructor)) void f(void) { g(); }")
        self.expect(self.globals(a), "has a constructor")


class Program(Planted):
    CODE = '#include <stdio.h>\nint main(int n, char **v) { char b[9]; snprintf(b, n, "%s", *v); return puts(b); }'
    HARDENED = ["-O2", "-D_FORTIFY_SOURCE=2", "-fstack-protector-all", "-fPIE", "-pie", "-Wl,-z,relro,-z,now"]

    def build(self, *flags):
        source, program = self.plant("p.c", self.CODE), str(self.root / "p")
        subprocess.run(["gcc", "-w", source, "-o", program, *flags], check=True)
        return program

    def test_a_hardened_program_passes(self):
        self.expect(program_checks.hardening(self.build(*self.HARDENED)))

    def test_each_missing_protection_is_found(self):
        for flags, word in ((["-no-pie", "-fno-pie"], "position independent"), (["-Wl,-z,norelro"], "read-only"),
                            (["-Wl,-z,lazy"], "lazily"), (["-Wl,-z,execstack"], "executable stack"),
                            (["-fno-stack-protector"], "stack protector"), (["-U_FORTIFY_SOURCE"], "FORTIFY"),
                            (["-Wl,-rpath,/opt/x"], "searches libraries")):
            found = list(program_checks.hardening(self.build(*self.HARDENED, *flags)))
            self.assertTrue(any(word in p for p in found), f"{flags}: {found}")


if __name__ == "__main__":
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(1 if bad or not result.testsRun else 0)
