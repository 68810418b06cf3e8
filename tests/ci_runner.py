#!/usr/bin/env python3
"""Runs the GitHub and GitLab blocks of docs/ci.md as those runners would, as far as a machine without
them can: the composite action's and the hidden job's own shell, then the block's, one environment.
What fetches and builds this project is left out; the programs are the ones that are given.

    tests/ci_runner.py github|gitlab BIN_FOLDER
"""
import contextlib, os, pathlib, shutil, signal, socket, subprocess, sys, tempfile

try:
    import yaml
except ImportError:
    print("not run: python3-yaml is not installed (scripts/install-deps test)")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent
groups = []  # of the shells, and of what they leave behind


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def read(path, port):
    return yaml.safe_load((ROOT / path).read_text().replace("8765", port))


def bash(text, folder, environment):
    run = subprocess.Popen(["bash", "-eo", "pipefail", "-c", text], cwd=folder, env=environment, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    groups.append(run.pid)
    said, _ = run.communicate(timeout=200)
    if run.returncode != 0:
        print(said[-4000:])
        sys.exit(f"exit code {run.returncode}: {text}")
    return said


def tell(which, said):
    print(f"{which}: {(said.strip().splitlines() or ['ran'])[-1]}", flush=True)


def github(work, bin_folder, port):
    """Runs each step by itself, with what the steps before wrote into the runner's files."""
    installed = work / ".local/heygen-mock/bin"
    installed.parent.mkdir(parents=True)
    installed.symlink_to(bin_folder)
    files = {name: work / name for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH")}
    for file in files.values():
        file.touch()
    settings = {**os.environ, **{name: str(file) for name, file in files.items()}, "HOME": str(work),
                "RUNNER_TEMP": str(work), "GITHUB_ACTION_PATH": str(ROOT / "packaging/github")}
    action = read("packaging/github/action.yml", port)
    ran = 0
    for step in read("examples/ci/github/workflow.yml", port)["jobs"]["test"]["steps"]:
        if step.get("uses", "").endswith("packaging/github@main"):
            own = [s for s in action["runs"]["steps"] if s.get("id") == "start"]
            flags = {"FLAGS": step["with"]["flags"]}
        elif "run" in step:
            own, flags = [step], {}
        else:
            continue
        for one in own:
            written = dict(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
            path = ":".join([*files["GITHUB_PATH"].read_text().split(), os.environ["PATH"]])
            tell("github", bash(one["run"], work, {**settings, **written, **flags, "PATH": path}))
            ran += 1
    assert ran == 3 and (work / "conformance.xml").exists(), f"{ran} steps ran"


def gitlab(work, bin_folder, port):
    """Runs all lines in one shell, as GitLab does, but those before the mock's start."""
    hidden = read("packaging/gitlab/heygen-mock.gitlab-ci.yml", port)[".heygen-mock"]
    job = read("examples/ci/gitlab/.gitlab-ci.yml", port)["test"]
    assert job["extends"] == ".heygen-mock"
    lines = hidden["before_script"]
    start = next(i for i, line in enumerate(lines) if line.startswith("heygen-mock-server"))
    assert start == 3, "apt-get, git clone and the build come before it"
    variables = {**hidden["variables"], **job["variables"]}
    script = "\n".join(lines[start:] + job["script"]).replace("/tmp/heygen-mock.log", str(work / "log"))
    path = f"{bin_folder}:{os.environ['PATH']}"
    tell("gitlab", bash(script + "\nkill $!", work, {**os.environ, **variables, "PATH": path}))
    assert (work / "conformance.xml").exists()


def end():
    """The action's mock outlives its steps, and a runner ends it with the machine."""
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGTERM)


def main(which, bin_folder):
    work, port = pathlib.Path(tempfile.mkdtemp()), free_port()
    os.environ["HEYGEN_MOCK_LISTEN"] = f"127.0.0.1:{port}"  # where `env` and `ready` look
    try:
        {"github": github, "gitlab": gitlab}[which](work, pathlib.Path(bin_folder).resolve(), port)
    finally:
        end()
        shutil.rmtree(work)


main(*sys.argv[1:])
