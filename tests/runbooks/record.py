"""Records the golden previews that `test_goldens.py` compares with: `python -m tests.runbooks.record`.

Look at what `git diff` shows before it is committed: each line is something that a company is promised.
"""

from tests.runbooks.goldens import FOLDER, as_json, goldens


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for golden in goldens():
        golden.file.write_text(as_json(golden.lines()), encoding="utf-8")


if __name__ == "__main__":
    main()
