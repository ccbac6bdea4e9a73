# Two commands do everything on a fresh Debian 12 or 13 machine: `make up` and `make test`.
GRU := .venv/bin/gru
PYTHON := .venv/bin/python
UV_COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

.PHONY: help up down test check unit role stack existing lock benchmarks campaign

help: ## cette aide
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

up: ## installer ce qu'il faut, puis toute la plateforme sur cette machine
	@infra/bootstrap.sh
	@$(GRU) up

down: ## retirer la plateforme et ses données
	@$(GRU) down

test: ## tout vérifier : règles d'écriture, tests, plateforme entière dans un navigateur
	@infra/bootstrap.sh tests
	@$(PYTHON) -m tests.run

check: ## règles d'écriture et types seulement
	@infra/bootstrap.sh tests
	@$(PYTHON) -m tests.run check

# Some tests alone: make unit TESTS=tests/guichet/demandes OPTIONS='-k accuse -x' (tests/README.md)
unit: ## règles d'écriture et tests rapides, sans la plateforme ; TESTS=chemin OPTIONS='-k mot -x' en choisit
	@infra/bootstrap.sh tests
ifdef TESTS
	@BASE=$(BASE) $(PYTHON) -m tests.unit $(TESTS) $(OPTIONS)
else
	@$(PYTHON) -m tests.run check unit
endif

ROLE ?= changed
role: ## appliquer un rôle seul sur un hôte neuf : ROLE=mail, all, ou ceux qui ont changé
	@infra/bootstrap.sh tests
	@$(PYTHON) -m tests.roles.converge $(ROLE)

stack: ## tests de la plateforme entière
	@infra/bootstrap.sh tests
	@$(PYTHON) -m tests.run stack

existing: ## la plateforme sur trois serveurs ordinaires, faits hors du produit
	@infra/bootstrap.sh tests
	@$(PYTHON) -m tests.run existing

benchmarks: ## mesures (longues ; à part des tests)
	@infra/bootstrap.sh tests
	@$(PYTHON) -m tests.benchmarks.run

campaign: ## preuves longues, reprises où elles se sont arrêtées : serveurs existants, nuage, mise à jour, secrets changés, mairie entière dans un nuage ; CAMPAIGN=nom
	@infra/bootstrap.sh tests
	@$(PYTHON) -m tests.campaign $(CAMPAIGN)

lock: ## recalculer les verrous de dépendances
	$(UV_COMPILE) infra/uv.in --output-file infra/uv.lock
	$(UV_COMPILE) infra/requirements.in --output-file infra/requirements.lock
	$(UV_COMPILE) consultation/requirements.in --output-file consultation/requirements.lock
	$(UV_COMPILE) guichet/requirements.in --output-file guichet/requirements.lock
	$(UV_COMPILE) loadtests/requirements.in --output-file loadtests/requirements.lock
	$(UV_COMPILE) tests/requirements.in --output-file tests/requirements.lock
