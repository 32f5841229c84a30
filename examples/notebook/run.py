"""Runs the notebooks in the Deno kernel.

    python3 examples/notebook/run.py           runs them and compares with the saved outputs
    python3 examples/notebook/run.py --save    runs them and saves the outputs

Needs the Debian packages jupyter-client and python3-nbformat (or the Python packages jupyter_client and nbformat) and
`npm ci` in the repository; the kernel is the Deno of node_modules. Exit code 0: all cells ran and gave what was saved;
1: not; 3: a package is missing.
"""

import json
import os
import queue
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

here = Path(__file__).resolve().parent
root = here.parent.parent
deno = root / "node_modules" / "deno" / "deno"
try:
    import nbformat
    from jupyter_client.manager import KernelManager
except ImportError as missing:
    print(f"skipped: {missing} (Debian packages jupyter-client and python3-nbformat)")
    sys.exit(3)

# Deno says that it is idle before its last outputs arrive: keep listening for so long.
AFTER_IDLE = 0.5
CELL_SECONDS = 600


def kernel_folder(folder):
    """A kernel specification of its own, so that nothing is installed for the user."""
    command = deno if deno.exists() else root / "node_modules" / ".bin" / "deno"
    spec = {
        "argv": [str(command), "jupyter", "--kernel", "--conn", "{connection_file}"],
        "display_name": "Deno",
        "language": "typescript",
    }
    target = Path(folder) / "kernels" / "deno"
    target.mkdir(parents=True)
    (target / "kernel.json").write_text(json.dumps(spec))


def outputs_of(client, code):
    """Runs a cell; gives its outputs."""
    message = client.execute(code)
    outputs, idle, end = [], None, time.monotonic() + CELL_SECONDS
    while True:
        if time.monotonic() > end:
            raise TimeoutError(f"a cell took more than {CELL_SECONDS} s")
        if idle is not None and time.monotonic() - idle > AFTER_IDLE:
            return outputs
        try:
            got = client.get_iopub_msg(timeout=0.1)
        except queue.Empty:
            continue
        if got["parent_header"].get("msg_id") != message:
            continue
        kind, content = got["msg_type"], got["content"]
        if kind == "status" and content["execution_state"] == "idle":
            idle = time.monotonic()
        elif kind in ("stream", "execute_result", "display_data", "error"):
            outputs.append(nbformat.v4.output_from_msg(got))


def comparable(outputs):
    """What must stay the same: the plain text, without colours and without the last digits of numbers."""
    text = "\n".join(
        str(one.get("text") or one.get("data", {}).get("text/plain") or one.get("evalue")) for one in outputs
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return re.sub(r"(\d+\.\d{3})\d+", r"\1", text)


def run(path, save):
    notebook = nbformat.read(path, as_version=4)
    manager = KernelManager(kernel_name="deno")
    manager.start_kernel(cwd=str(here), env={**os.environ, "NO_COLOR": "1"})
    client = manager.client()
    client.start_channels()
    problems, count = [], 0
    try:
        client.wait_for_ready(timeout=60)
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            count += 1
            outputs = outputs_of(client, cell.source)
            for one in outputs:
                if one.output_type == "error":
                    problems.append(f"cell {count} failed: {one.evalue}\n" + "\n".join(one.traceback))
            if not outputs and not cell.source.startswith("import"):
                problems.append(f"cell {count} has no output")
            if not save and comparable(outputs) != comparable(cell.outputs):
                problems.append(f"cell {count} gives\n{comparable(outputs)}\nsaved is\n{comparable(cell.outputs)}")
            if save:
                cell.outputs, cell.execution_count = outputs, count
                for one in outputs:
                    if "execution_count" in one:
                        one.execution_count = count
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if save and not problems:
        nbformat.write(notebook, path)
    print(f"{path.name}: {count} cells, {'saved' if save else 'compared'}, {len(problems)} problems")
    for problem in problems:
        print(problem)
    return not problems


def main():
    with tempfile.TemporaryDirectory() as folder:
        kernel_folder(folder)
        os.environ["JUPYTER_PATH"] = folder
        names = [Path(name).resolve() for name in sys.argv[1:] if not name.startswith("--")] or sorted(
            here.glob("*.ipynb")
        )
        # At the same time: most of a run is waiting for the kernel.
        with ThreadPoolExecutor() as pool:
            return 0 if all(list(pool.map(lambda path: run(path, "--save" in sys.argv), names))) else 1


sys.exit(main())
