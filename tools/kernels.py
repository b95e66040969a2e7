"""Let kernels be copies of one process that has imported what the chapters import.

NumPy, SymPy, Matplotlib, scikit-learn, PyTorch and Altair take four seconds to import, in each
notebook anew.  A copy has them in its memory, but nobody's names: a notebook that forgets to import
something fails as it does anywhere.

    with prepared():
        ...  # each of Jupyter's kernels that starts here is a copy

Only Linux copies a process safely that has imported so much; elsewhere kernels start as ever.
"""

import importlib
import json
import os
import signal
import socket
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory

MODULES = [
    *("ipykernel.kernelapp", "matplotlib.pyplot", "sympy", "sklearn.datasets", "torch"),
    "lrcore.charts",
]


@contextmanager
def prepared():
    """Prepare the process; it ends with this block, or with the process that is in it."""
    if sys.platform != "linux":
        yield
        return
    with TemporaryDirectory() as folder:
        address, spec = f"{folder}/socket", Path(folder, "kernels", "python3", "kernel.json")
        spec.parent.mkdir(parents=True)
        argv = [sys.executable, __file__, "ask", address, "-f", "{connection_file}"]
        said = {"argv": argv, "display_name": "Python 3", "language": "python"}
        spec.write_text(json.dumps(said), "utf-8")
        before = os.environ.get("JUPYTER_PATH", "")
        os.environ["JUPYTER_PATH"] = os.pathsep.join([folder, before])
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(address)
                listener.listen()
                number = listener.fileno()
                command = [sys.executable, __file__, "serve", str(number)]
                server = Popen(command, stdin=PIPE, pass_fds=[number])
            with server:  # which ends when stdin is closed
                yield
        finally:
            os.environ["JUPYTER_PATH"] = before


def serve(number):
    """Import everything, and become a kernel whenever somebody asks for one."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends who started this, and so this
    del sys.path[0]  # the folder of this file, where no notebook looks
    with socket.socket(fileno=int(number)) as listener:
        when_closed(sys.stdin.buffer)
        for name in MODULES:
            with suppress(Exception):  # a notebook that imports it will say what is wrong
                importlib.import_module(name)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a copy that has ended
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                become_kernel(connection)
            connection.close()


def become_kernel(connection):
    """Be the kernel that was asked for, until it is shut down or nobody asks any more."""
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    np.random.seed()  # noqa: NPY002  (a copy has the same numbers before it, too)
    asked = connection.makefile("rb")
    folder, options = json.loads(asked.readline())
    os.chdir(folder)
    when_closed(asked)
    IPKernelApp.launch_instance(options, parent_handle=os.getppid())
    os._exit(0)


def when_closed(file):
    """End this process as soon as nobody can write into a file any more."""
    threading.Thread(target=lambda: (file.read(), os._exit(0)), daemon=True).start()


def ask(address, *options):
    """Ask for a kernel and stand for it: live as long as it does, and let it end with this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Jupyter says it before it shuts a kernel down
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        connection.sendall(json.dumps([str(Path.cwd()), options]).encode() + b"\n")
        connection.recv(1)


if __name__ == "__main__":
    {"serve": serve, "ask": ask}[sys.argv[1]](*sys.argv[2:])
