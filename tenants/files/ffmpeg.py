"""ffmpeg as a program of its own: no shell, nobody's secrets in its environment, low priority, and limits on time, memory,
output and threads. It reads one file of a known kind in its own folder and may open nothing else."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.config import config

THREADS = 2
MEMORY_BYTES = 3 * 1024**3
OUTPUT_BYTES = 1024**3
# The longer side at most 1,920 and the shorter at most 1,080 pixels, both even; never larger than it was.
_SHRINK = "min(1,min(1920/max(iw,ih),1080/min(iw,ih)))"
SCALE = f"scale=w='trunc(iw*{_SHRINK}/2)*2':h='trunc(ih*{_SHRINK}/2)*2'"
QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-nostats")
READ = ("-protocol_whitelist", "file,pipe", "-threads", str(THREADS), "-f", "mov", "-i")
PLAYABLE = (
    "-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn",
    "-vf", SCALE, "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p",
    "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-threads", str(THREADS), "-filter_threads", "1",
    "-movflags", "+faststart", "-fflags", "+bitexact", "-f", "mp4",
)  # fmt: skip
STILL = ("-map", "0:v:0", "-map_metadata", "-1", "-frames:v", "1", "-vf", SCALE, "-q:v", "4", "-f", "image2")


class NotMade(Exception):
    """ffmpeg made nothing; `why` is "broken" or "too_slow"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def make_film(source: Path, target: Path, seconds: float | None, tell: Callable[[int], None], most_s: float) -> None:
    """Write H.264 and AAC as MP4, upright, at most 1080p, without metadata; `tell` hears the percent. Raises NotMade."""
    with _running([*QUIET, "-progress", "pipe:1", *READ, source.name, *PLAYABLE, "-y", target.name], source.parent, most_s) as said:
        for line in said:
            name, _equals, value = line.strip().partition("=")
            if name == "out_time_us" and value.isdigit() and seconds:
                tell(min(99, int(int(value) / seconds / 10_000)))


def make_still(source: Path, target: Path, most_s: float = 60) -> None:
    """Write the first picture of the film as JPEG. Raises NotMade."""
    with _running([*QUIET, *READ, source.name, *STILL, "-y", target.name], source.parent, most_s) as said:
        said.read()


@contextmanager
def _running(arguments: Sequence[str], folder: Path, most_s: float) -> Iterator[IO[str]]:
    """Run ffmpeg in the folder; the block reads what it says. However the block ends, ffmpeg has ended. Raises NotMade."""
    program = config().ffmpeg
    if program is None:
        raise NotMade("missing")
    nice = [found, "-n", "15"] if (found := shutil.which("nice")) else []
    process = subprocess.Popen(
        [*nice, program, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, start_new_session=True, env={"PATH": os.defpath, "LC_ALL": "C", "HOME": str(folder)},
    )  # fmt: skip
    assert process.stdout is not None
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    clock = threading.Timer(most_s, end)
    clock.daemon = True
    clock.start()
    try:
        _limit(process.pid, int(most_s * THREADS * 2) + 60)
        yield process.stdout
        if process.wait(timeout=most_s) != 0:
            raise NotMade("too_slow" if late.is_set() else "broken")
    finally:
        clock.cancel()
        _kill(process)
        process.stdout.close()
        process.wait()


def _limit(pid: int, cpu_s: int) -> None:
    """Limit what the program may take, from outside: a fork with code of ours would inherit locks of other threads."""
    if not hasattr(resource, "prlimit"):  # macOS: the time limit alone
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, OUTPUT_BYTES), (resource.RLIMIT_CPU, cpu_s), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, what, (most, most))


def _kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
