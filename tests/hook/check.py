"""Runs a wheel of lynt as people meet it: alone, as a hook of pre-commit, as the GitHub action, and by the
snippets of docs/ci.md and docs/security.md. Nothing is fetched; all is installed from the folder of the wheel."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS, WHEEL = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
PACKAGE = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
PINNED = f"lynt=={PACKAGE['version']}"
PAGE = (ROOT / "docs/ci.md").read_text()
SECURITY = (ROOT / "docs/security.md").read_text()


def pool(name, site, backup):
    return f'[[pool]]\nfqdn = "{name}.x"\nsite = "{site}"\nbackup-registrar = "{backup}.x"\n'


# Two pools that are each other's backup, in two files: without its partner each is wrong.
SITES = "".join(f'[[site]]\nname = "{name}"\nkind = "central"\n' for name in ["London", "Paris"])
SITES += '[deployment]\ndefault-version = "sfb-2015"\n'
LON, PAR = pool("lon", "London", "par"), pool("par", "Paris", "lon")
RIGHT = {"topology/sites.toml": SITES, "topology/lon.toml": LON, "topology/par.toml": PAR}
ALONE = pool("ams", "London", "gone")
RULE = """/// A pool has no name.
violation Nameless(p: Pool) {
    severity: note;
    examines: Pool(p);
    message: "`{p}` has no name";
    label p: "here";
}
Nameless(p) <- Pool(p), (p.fqdn == "");
"""
WRONG = "[[pool]]\nfqdn = \n"
MARK = "error[unknown-backup]"


class Place:
    """A folder and an environment: without Rust, without network, and without what this machine is set to."""

    # What a hook, a virtual environment and the snippets run besides what they bring.
    PROGRAMS = "basename bash cat dirname env git grep mkdir mktemp rm sed sh touch uname".split()

    def __init__(self, folder):
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        for program in self.PROGRAMS:
            (self.bin / program).symlink_to(shutil.which(program))
        (self.bin / "python3").symlink_to(sys._base_executable)
        self.home = folder / "home"
        self.home.mkdir()
        (self.home / ".gitconfig").write_text("[user]\nname = t\nemail = t@x\n[commit]\ngpgSign = false\n")
        self.variables = {
            "PATH": str(self.bin),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(WHEEL.parent),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        assert self.run("sh", "-c", "command -v cargo || command -v rustc").returncode != 0

    def run(self, *command, at=None, **variables):
        """What becomes of a command; both its streams as one text."""
        return subprocess.run(
            [str(word) for word in command],
            cwd=at or self.folder,
            env={**self.variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def must(self, *command, at=None, code=0, **variables):
        """What a command prints that must end with this exit code."""
        done = self.run(*command, at=at, **variables)
        assert done.returncode == code, f"{command} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def repository(self, name, files):
        """A repository in which these files are committed."""
        folder = self.folder / name
        write(folder, files)
        self.must("git", "init", "--quiet", "--initial-branch", "main", at=folder)
        self.must("git", "add", "--all", at=folder)
        self.must("git", "commit", "--quiet", "--message", "first", at=folder)
        return folder


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def snippets():
    """The fenced blocks of both pages: (language, name, text)."""
    pattern = r"^```(\w+)[ ]?([^\n]*)\n(.*?)^```$"
    return [match.groups() for match in re.finditer(pattern, PAGE + SECURITY, re.MULTILINE | re.DOTALL)]


def named(name):
    found = [text for _, of, text in snippets() if of == name]
    assert found, f"docs/ci.md shows no {name}"
    return found


def the_wheel_is_the_program_and_nothing_else(place):
    assert WHEEL.name.startswith(f"lynt-{PACKAGE['version']}-py3-none-"), WHEEL.name
    with zipfile.ZipFile(WHEEL) as wheel:
        names = wheel.namelist()
        metadata = next(name for name in names if name.endswith("/METADATA"))
        metadata = wheel.read(metadata).decode()
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"]:
            kept = next(name for name in names if name.endswith(f"/licenses/{licence}"))
            assert wheel.read(kept) == (ROOT / licence).read_bytes(), licence
    assert [name for name in names if ".data/" in name] == [f"lynt-{PACKAGE['version']}.data/scripts/lynt"]
    assert not [name for name in names if name.endswith(".py")], names
    head, text = metadata.split("\n\n", 1)
    for line in [f"Version: {PACKAGE['version']}", f"Summary: {PACKAGE['description']}"]:
        assert line in head.split("\n"), head
    assert re.search(rf"^License(-Expression)?: {PACKAGE['license']}$", head, re.MULTILINE), head
    assert text.strip() == (ROOT / "README.md").read_text().strip()


def it_runs_without_rust(place):
    place.must("python3", "-m", "venv", "alone")
    place.must("alone/bin/pip", "install", "--only-binary", ":all:", PINNED)
    lynt = place.folder / "alone/bin/lynt"
    assert place.must(lynt, "--version") == f"lynt {PACKAGE['version']}\n"
    shutil.copytree(ROOT / "examples", place.folder / "examples")
    assert place.must(lynt, "check", "examples/contoso").startswith("ok: ")
    assert "error[asymmetric-backup]" in place.must(lynt, "check", "examples/broken", code=1)


class Hooked:
    """A repository with pre-commit's hook, and commits to it."""

    def __init__(self, place, name, configuration):
        self.place = place
        place.variables["PRE_COMMIT_HOME"] = str(place.folder / "pre-commit")
        place.variables["PATH"] = f"{TOOLS}/venv/bin:{place.bin}"
        self.folder = place.repository(name, {**RIGHT, ".pre-commit-config.yaml": configuration})
        place.must("pre-commit", "validate-config", at=self.folder)
        place.must("pre-commit", "install", "--install-hooks", at=self.folder)

    def git(self, *arguments):
        return self.place.must("git", *arguments, at=self.folder)

    def write(self, name, text):
        write(self.folder, {name: text})

    def commit(self, passes):
        """What is said of a commit, which must pass or be stopped."""
        before = self.git("rev-parse", "HEAD")
        done = self.place.run("git", "commit", "--message", "next", at=self.folder)
        assert (done.returncode == 0) == passes, done.stdout
        assert (self.git("rev-parse", "HEAD") != before) == passes, done.stdout
        return done.stdout


def commits_are_stopped_or_pass(place):
    for at, configuration in enumerate(named(".pre-commit-config.yaml")):
        if "repo: local" in configuration:
            hooked = Hooked(place, f"local-{at}", configuration)
        else:
            hooked = Hooked(place, f"ours-{at}", of_this_repository(place, configuration))
            # Rules of one's own have their examples run.
            rule = place.must(lynt_of(hooked), "new", "rule", "short-name", at=hooked.folder)
            assert "short-name.dl" in rule, rule
            hooked.git("add", "--all")
            assert "lynt test" in hooked.commit(passes=True)
        hold_commits(hooked)


def hold_commits(hooked):
    # A bad one: what is found is printed.
    hooked.write("topology/ams.toml", ALONE)
    hooked.git("add", "--all")
    said = hooked.commit(passes=False)
    assert MARK in said and "topology/ams.toml:4:20" in said, said
    # A good one.
    hooked.write("topology/ams.toml", ALONE.replace("backup", "# backup"))
    hooked.git("add", "--all")
    assert "Passed" in hooked.commit(passes=True)
    # One that only deletes, and breaks what another file says.
    hooked.git("rm", "--quiet", "topology/par.toml")
    said = hooked.commit(passes=False)
    assert MARK in said and "topology/lon.toml:4:20" in said, said
    hooked.git("reset", "--quiet", "--hard")
    # One that only deletes, and breaks nothing.
    hooked.git("rm", "--quiet", "topology/ams.toml")
    hooked.commit(passes=True)
    # A wrong file that is not tracked is not looked at, until it is staged.
    hooked.write("topology/draft.toml", WRONG)
    hooked.git("commit", "--quiet", "--allow-empty", "--message", "empty")
    hooked.git("add", "--all")
    assert "topology/draft.toml:2:8" in hooked.commit(passes=False)
    hooked.git("reset", "--quiet", "--hard")
    # What is staged counts, not what was written afterwards: wrong now, and right when it was staged.
    hooked.write("topology/lon.toml", "# right\n" + LON)
    hooked.git("add", "--all")
    hooked.write("topology/lon.toml", WRONG)
    hooked.commit(passes=True)
    assert (hooked.folder / "topology/lon.toml").read_text() == WRONG
    hooked.git("reset", "--quiet", "--hard")
    # Right now, and wrong when it was staged.
    hooked.write("topology/lon.toml", WRONG)
    hooked.git("add", "--all")
    hooked.write("topology/lon.toml", LON)
    assert "topology/lon.toml:2:8" in hooked.commit(passes=False)
    hooked.git("reset", "--quiet", "--hard")


def of_this_repository(place, configuration):
    """The configuration with a repository that has this one's hooks, but installs the wheel as it is: to
    compile it would take minutes, and the wheel was compiled by the same pyproject.toml."""
    setup = f"setup(name='hooks', version='0', install_requires=['{PINNED}'], py_modules=[])"
    setup = f"from setuptools import setup\n{setup}\n"
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text()
    hooks = place.repository("hooks", {".pre-commit-hooks.yaml": hooks, "setup.py": setup})
    document = yaml.safe_load(configuration)
    (repository,) = document["repos"]
    place.must("git", "tag", repository["rev"], at=hooks)
    repository["repo"] = str(hooks)
    return yaml.safe_dump(document)


def lynt_of(hooked):
    found = list((hooked.place.folder / "pre-commit").glob("repo*/py_env-*/bin/lynt"))
    assert found, "pre-commit installed no lynt"
    return found[0]


def the_hooks_are_what_the_page_says(place):
    place.must(TOOLS / "venv/bin/pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert sorted(hooks) == ["lynt", "lynt-src", "lynt-test"]
    assert {hook["language"] for hook in hooks.values()} == {"python", "rust"}
    differ = {"id", "name", "description", "language"}
    one, other = ({**hooks[name], **dict.fromkeys(differ)} for name in ["lynt", "lynt-src"])
    assert one == other, "lynt-src is lynt, compiled otherwise"
    local = yaml.safe_load(named(".pre-commit-config.yaml")[0])["repos"][0]["hooks"][0]
    for key in ["entry", "pass_filenames", "always_run", "require_serial"]:
        assert local[key] == hooks["lynt"][key], key


def files_hold_to_their_schemas(place):
    check = TOOLS / "venv/bin/check-jsonschema"
    workflows = place.folder / "workflows"
    for name, schema in {
        "action.yml": "github-actions",
        ".github/workflows/topology.yml": "github-workflows",
        ".github/workflows/drift.yml": "github-workflows",
        ".gitlab-ci.yml": "gitlab-ci",
        "azure-pipelines.yml": "azure-pipelines",
    }.items():
        texts = [(ROOT / name).read_text()] if (ROOT / name).exists() else named(name)
        for text in texts:
            write(workflows, {name: text})
            # The schema of Azure has patterns that only Python reads.
            schema_of = ["--regex-variant", "python", "--builtin-schema", f"vendor.{schema}"]
            place.must(check, *schema_of, workflows / name)
    # No expression is part of a script, no right is wider than it need be. Actions may be named by tags.
    settings = {"rules": {"unpinned-uses": {"config": {"policies": {"*": "ref-pin"}}}}}
    write(workflows, {"zizmor.yml": yaml.safe_dump(settings)})
    audit = [TOOLS / "venv/bin/zizmor", "--offline", "--no-progress", "--strict-collection"]
    audit += ["--config", workflows / "zizmor.yml"]
    place.must(*audit, workflows / "action.yml", workflows / ".github")
    # It would find one.
    hostile = (ROOT / "action.yml").read_text().replace('exit "$CODE"', "echo ${{ inputs.paths }}")
    write(workflows, {"hostile/action.yml": hostile})
    said = place.run(*audit, workflows / "hostile")
    assert said.returncode != 0 and "template-injection" in said.stdout, said.stdout


class Action:
    """The steps of action.yml, run as a runner of GitHub runs them."""

    def __init__(self, place, inputs):
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        self.place = place
        self.inputs = {name: of.get("default", "") for name, of in action["inputs"].items()}
        unknown = inputs.keys() - self.inputs.keys()
        assert not unknown, unknown
        self.inputs.update(inputs)
        self.steps = action["runs"]["steps"]
        self.outputs = {}
        self.temp = place.folder / "runner temp"
        self.temp.mkdir(exist_ok=True)

    def value(self, text):
        """A text with its expressions replaced: inputs, and outputs of steps before."""

        def of(match):
            parts = match[1].split(".")
            if parts[0] == "inputs":
                return self.inputs[parts[1]]
            assert parts[0] == "steps" and parts[2] == "outputs", match[0]
            return self.outputs[parts[1]][parts[3]]

        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", of, text)

    def holds(self, condition):
        """Whether a condition of comparisons holds."""
        names = r"(inputs|steps)[\w.-]+"
        condition = re.sub(names, lambda name: repr(self.value(f"${{{{ {name[0]} }}}}")), condition)
        return eval(condition.replace("&&", "and").replace("||", "or"))

    def run(self, at):
        """The last step's exit code, what was printed, the summary, and whether there would be an upload."""
        printed, uploads = "", False
        summary = self.temp / "summary.md"
        summary.write_text("")
        for step in self.steps:
            if "uses" in step:
                uploads = self.holds(step["if"])
                assert pathlib.Path(self.value(step["with"]["sarif_file"])).is_file() or not uploads
                continue
            assert step["shell"] == "bash" and "${{" not in step["run"]
            output = self.temp / "output"
            output.write_text("")
            script = self.temp / "script.sh"
            script.write_text(step["run"])
            variables = {name: self.value(text) for name, text in step["env"].items()}
            variables |= {"RUNNER_TEMP": str(self.temp), "GITHUB_OUTPUT": str(output)}
            variables |= {"GITHUB_STEP_SUMMARY": str(summary)}
            shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", script]
            done = self.place.run(*shell, at=at, **variables)
            printed += done.stdout
            lines = output.read_text().splitlines()
            self.outputs[step.get("id")] = dict(line.split("=", 1) for line in lines)
            if done.returncode != 0:
                break
        return done.returncode, printed, summary.read_text(), uploads


def the_action_reports_and_judges(place):
    # A folder that is checked may hold what Python or a shell would take for a part of itself.
    trap = "open('sprung', 'w')\n"
    traps = {f"{name}.py": trap for name in ["venv", "pip", "secrets"]}
    hostile = "::error::forged\\n::set-output name=x::y"
    wrong = {"wrong/lon.toml": LON, "wrong/odd $(touch sprung).toml": LON.replace("lon.x", hostile)}
    folder = place.repository("action", {**traps, **RIGHT, **wrong})

    def run(**inputs):
        action = Action(place, {name.replace("_", "-"): text for name, text in inputs.items()})
        return action, *action.run(folder)

    action, code, printed, summary, uploads = run(paths="topology", upload_sarif="true")
    assert (code, uploads) == (0, True) and "ok: 2 sites" in printed and summary, printed
    for name in ["sarif", "junit"]:
        assert pathlib.Path(action.outputs["check"][name]).is_file(), name

    odd = "wrong/odd $(touch sprung).toml"
    action, code, printed, summary, uploads = run(paths=f"\ntopology\n{odd}\n\nwrong/lon.toml\n")
    assert (code, uploads, action.outputs["check"]["exit-code"]) == (1, False, "1"), printed
    assert MARK in printed and "unknown-backup" in summary
    # Between the first line and the token's, the runner obeys nothing; behind it nothing is forged.
    first, *lines = printed.splitlines()
    token = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", first)[1]
    commands = lines[lines.index(f"::{token}::") + 1 :]
    title = r"::(error|warning|notice) title=lynt%3A [\w-]+,file=(topology|wrong)/[^:]*::.*|"
    assert all(re.fullmatch(title, line) for line in commands), commands
    here = "::error title=lynt%3A unknown-backup,file=wrong/lon.toml,line=4,"
    assert any(line.startswith(here) for line in commands), commands

    # What could not be checked is not uploaded.
    for paths, arguments in [("gone", ""), ("--help", ""), ("topology", "--no-such-option")]:
        _, code, printed, _, uploads = run(paths=paths, arguments=arguments, upload_sarif="true")
        assert (code, uploads) == (2, False), printed
    _, code, printed, *_ = run(paths="wrong/lon.toml", arguments="--fail-on\nnever\n")
    assert code == 0 and MARK in printed, printed

    # A revision that has the same fault, one that has not, and what is none.
    write(folder, {"topology/par.toml": PAR.replace("lon.x", "gone.x")})
    place.must("git", "commit", "--quiet", "--all", "--message", "worse", at=folder)
    revisions = [("HEAD", 0), ("HEAD~1", 1), ("", 1), ("--output=sprung", 2), ("$(touch sprung)", 2)]
    for since, expected in revisions:
        _, code, printed, *_ = run(paths="topology", since=since, arguments="--select=unknown-backup")
        assert code == expected, f"{since}: {printed}"
    # What the revision has too stays green and unsaid: of two violations the new one is told.
    write(folder, {"topology/ams.toml": ALONE})
    inputs = {"paths": "topology", "arguments": "--select=unknown-backup", "upload_sarif": "true"}
    for since, files in [("HEAD", ["ams"]), ("", ["ams", "par"])]:
        action, code, printed, summary, uploads = run(since=since, **inputs)
        annotated = re.findall(r"^::error .*?file=topology/(\w+)\.toml", printed, re.MULTILINE)
        log = json.loads(pathlib.Path(action.outputs["check"]["sarif"]).read_text())
        results = [result["ruleId"] for of in log["runs"] for result in of["results"]]
        assert (code, uploads, sorted(annotated)) == (1, True, files), f"{since}: {printed}"
        assert results == ["unknown-backup"] * len(files), results
        assert ("not new: 1" in summary) == bool(since), summary
    assert not (folder / "sprung").exists()


def the_page_names_every_input(place):
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    rows = re.findall(r"^\| `([\w-]+)` \|", PAGE.split("## GitHub")[1].split("\n## ")[0], re.MULTILINE)
    assert rows == list(action["inputs"]), rows
    (workflow,) = named(".github/workflows/topology.yml")
    steps = yaml.safe_load(workflow)["jobs"]["lynt"]["steps"]
    (used,) = [step for step in steps if step["uses"].startswith("example/lynt@")]
    assert used["with"].keys() <= action["inputs"].keys()
    assert set(re.findall(r"steps\.lynt\.outputs\.([\w-]+)", workflow)) <= action["outputs"].keys()
    # One version, wherever it stands.
    assert action["inputs"]["package"]["default"] == PINNED
    texts = PAGE + SECURITY + (ROOT / "README.md").read_text()
    everywhere = set(re.findall(r"lynt==[\w.]+|lynt@v[\w.]+|rev: v[\w.]+", texts))
    assert everywhere == {PINNED, f"lynt@v{PACKAGE['version']}", f"rev: v{PACKAGE['version']}"}, everywhere
    rust = re.search(r"Rust ([\d.]+)", PAGE)
    assert rust and rust[1] == PACKAGE["rust-version"]


def scripts():
    """What the page's pipelines run, as a shell sees it."""
    (gitlab,), (azure,) = named(".gitlab-ci.yml"), named("azure-pipelines.yml")
    found = ["\n".join(job["script"]) for job in yaml.safe_load(gitlab).values()]
    found += [step["script"] for step in yaml.safe_load(azure)["steps"] if "script" in step]
    found += [text for language, name, text in snippets() if language == "sh" and name != "drift.sh"]
    assert len(found) == 5, found
    return [text.replace("$(Agent.TempDirectory)", "$AGENT") for text in found]


def the_scripts_of_the_page_run(place):
    """A right topology passes, a wrong one does not. A change that silences its own verdict can do so, except
    where the page says how to keep it from that."""
    place.must("python3", "-m", "venv", "image")
    place.must("image/bin/pip", "install", PINNED)
    place.variables["PATH"] = f"{place.folder}/image/bin:{place.bin}"
    place.variables["AGENT"] = str(place.folder / "agent")
    base = ["git", "worktree", "add", "--quiet", "--detach", "../base", "origin/main"]
    wrong = LON.replace('"par.x"', '"gone.x"')
    silenced = wrong.replace('"gone.x"', '"gone.x" # lynt: ignore[unknown-backup]: trust me')
    for at, script in enumerate(scripts()):
        right = {**RIGHT, "house/nameless.dl": RULE, "lynt.toml": '[rules]\npaths = ["house"]\n'}
        folder = place.repository(f"script-{at}/here", right)
        place.must("git", "update-ref", "refs/remotes/origin/main", "HEAD", at=folder)
        if "../base" in script and " ".join(base) not in script:
            place.must(*base, at=folder)
        place.must("sh", "-e", "-c", script, at=folder)
        for name in re.findall(r"-f \w+=(\S+)", script):
            assert (folder / name).stat().st_size > 0, name
        script = script.replace(" ".join(base), "true")
        write(folder, {"topology/lon.toml": wrong})
        assert "unknown-backup" in place.must("sh", "-e", "-c", script, at=folder, code=1)
        distrusts = "--no-ignores" in script
        off = '[rule.unknown-backup]\nlevel = "off"\n'
        place.must("lynt", "baseline", "topology", at=folder)
        baseline = (folder / "lynt-baseline.toml").read_text()
        (folder / "lynt-baseline.toml").unlink()
        changes = [{"topology/lon.toml": silenced}, {"lynt.toml": off}, {"lynt-baseline.toml": baseline}]
        for change in changes:
            write(folder, {"topology/lon.toml": wrong, "lynt.toml": right["lynt.toml"], **change})
            said = place.must("sh", "-e", "-c", script, at=folder, code=1 if distrusts else 0)
            assert MARK in said or not distrusts, said


def comparisons():
    """What the page's jobs at night run behind the export, as a shell sees it, each with its export's name."""
    (workflow,), (task,), (script,) = named(".github/workflows/drift.yml"), named("drift.ps1"), named("drift.sh")
    steps = yaml.safe_load(workflow)["jobs"]["drift"]["steps"]
    runs = {step["name"]: step["run"] for step in steps if "run" in step}
    exporting = "(Get-CsTopology -AsXml).ToString() > "
    assert runs["export"] == f"{exporting}Topology.xml", runs
    # No PowerShell is here: of the task its comparison is run, and that it comes behind the export is looked at.
    assert f"{exporting}C:\\lynt\\Topology.xml\n" in task.split("lynt diff")[0], task
    (compare,) = [line for line in task.splitlines() if line.startswith("lynt ")]
    assert "$LASTEXITCODE" in task.split(compare)[1]
    return [runs["compare"], compare, script.replace("$EXPORT", "Topology.xml")]


def the_jobs_at_night_tell_what_drifted(place):
    """What is alike passes; a drift is told where it is and stops; what is cut off is no comparison."""
    place.must("python3", "-m", "venv", "image")
    place.must("image/bin/pip", "install", PINNED)
    place.variables["PATH"] = f"{place.folder}/image/bin:{place.bin}"
    litware = ROOT / "examples/litware"
    export = (litware / "Topology.xml").read_text()
    other = export.replace("fe-port-3.litware.example", "fe-port-9.litware.example")
    assert other != export
    for at, script in enumerate(comparisons()):
        topology = {"topology/t.toml": (litware / "topology.toml").read_text()}
        folder = place.repository(f"night-{at}", topology)
        summary = folder / "summary.md"
        cases = [(export, 0, "alike"), (other, 1, "fe-port-9.litware.example"), (export[:9000], 2, ""), ("", 2, "")]
        for text, code, told in cases:
            write(folder, {"Topology.xml": text, "summary.md": "", "drift.txt": ""})
            shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
            said = place.must(*shell, at=folder, code=code, GITHUB_STEP_SUMMARY=str(summary))
            said += summary.read_text() + (folder / "drift.txt").read_text()
            assert told in said and ("error[import]" in said) == (code == 2), said
            assert ("Topology.xml:57:16" in said) == (code == 1), said


TESTS = [
    the_wheel_is_the_program_and_nothing_else,
    it_runs_without_rust,
    the_hooks_are_what_the_page_says,
    commits_are_stopped_or_pass,
    files_hold_to_their_schemas,
    the_action_reports_and_judges,
    the_page_names_every_input,
    the_scripts_of_the_page_run,
    the_jobs_at_night_tell_what_drifted,
]

if __name__ == "__main__":
    wanted = sys.argv[3:]
    for test in TESTS:
        if not wanted or test.__name__ in wanted:
            with tempfile.TemporaryDirectory(prefix="lynt-hook-") as folder:
                test(Place(pathlib.Path(folder).resolve() / "place"))
            print(f"ok: {test.__name__.replace('_', ' ')}")
