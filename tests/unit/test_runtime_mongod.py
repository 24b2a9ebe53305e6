"""Where the embedded mongod comes from and what it says when it cannot run."""

import stat
from importlib import metadata
from pathlib import Path

import pytest

from proctor.runtime import mongod
from proctor.runtime.mongod import MongodError

LDD = """
    linux-vdso.so.1 (0x00007f)
    libcurl.so.4 => not found
    libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
    liblber-2.5.so.0 => not found
    libldap-2.5.so.0 => not found
"""


def executable(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_mongod_on_path_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = executable(tmp_path / "bin" / "mongod")
    monkeypatch.setenv("PATH", str(own.parent))

    assert mongod.find_binary(tmp_path) == own


def test_without_one_on_path_the_packaged_one_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert mongod.find_binary(tmp_path).name == "mongod"


def test_a_platform_without_either_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_installed(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(metadata, "distribution", not_installed)

    with pytest.raises(MongodError, match="set MONGODB_URL"):
        mongod.find_binary(tmp_path)


def test_a_lost_run_bit_is_set_again(tmp_path: Path) -> None:
    binary = executable(tmp_path / "mongod")
    binary.chmod(0o644)

    assert mongod.make_runnable(binary, tmp_path / "copies") == binary
    assert binary.stat().st_mode & stat.S_IXUSR


def test_a_file_of_somebody_else_is_copied_to_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = executable(tmp_path / "mongod", "the program")
    binary.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", refuse_for(binary, Path.chmod))

    copy = mongod.make_runnable(binary, tmp_path / "copies")

    assert copy == tmp_path / "copies" / "mongod"
    assert copy.read_text() == "the program"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700


def refuse_for(protected: Path, chmod: object) -> object:
    assert callable(chmod)

    def refuse(path: Path, mode: int) -> None:
        if path == protected:
            raise PermissionError("not yours")
        chmod(path, mode)

    return refuse


def test_missing_libraries_are_named_with_the_packages_that_bring_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(tmp_path / "ldd", f"#!/bin/sh\n/bin/cat <<'END'{LDD}END\n")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MongodError, match=r"apt-get install libcurl4 libldap-2\.5-0$"):
        mongod.check_libraries(Path("mongod"))


def test_a_complete_system_has_no_missing_libraries() -> None:
    assert mongod.missing_libraries("libc.so.6 => /lib/libc.so.6 (0x00)\n") == []
