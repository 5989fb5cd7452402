#!/bin/sh
#SBATCH --job-name=briefs
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#
# A large site on a cluster with Slurm: each task of an array builds one share of the pages into one shared folder,
# and slurm/briefs-merge.sh joins and publishes them. From the site's folder, which all nodes see:
#
#   export DAY="$(date -u +%F)" OUT=/shared/briefs/public PUBLISH_TO=/srv/www/briefs
#   job="$(sbatch --parsable slurm/briefs-shards.sh)"
#   sbatch --dependency="afterok:$job" slurm/briefs-merge.sh
#
# The shared disk must know locks between nodes, as NFS 4 does (`flock` for Lustre). Where it does not, give each
# task a folder of its own, --out "$OUT/$SLURM_ARRAY_TASK_ID", and the merge all of them.
set -eu
brief build --strict --compress --now "$DAY" -j "$SLURM_CPUS_PER_TASK" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --out "$OUT"
