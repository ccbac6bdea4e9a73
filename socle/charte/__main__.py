"""Write a town's style sheet on standard output: `python -m socle.charte stacks/local/charte/charte.yaml`."""

import sys
from pathlib import Path

import yaml

from socle.charte.contrastes import defauts
from socle.charte.feuille import feuille

if __name__ == "__main__":
    jetons = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stderr.writelines(f"{defaut}\n" for defaut in defauts(jetons["couleurs"]))
    sys.stdout.write(feuille(jetons))
