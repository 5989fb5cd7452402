#!/bin/sh
#SBATCH --job-name=briefs-merge
#
# Joins what the tasks of slurm/briefs-shards.sh have built, and publishes it.
set -eu
brief merge --out "$OUT"
brief publish "$PUBLISH_TO" --out "$OUT" --keep 5
