"""`python -m grader` is `mggrade`."""

from grader.cli import main

if __name__ == "__main__":
    main()
