#!/bin/bash
# A grid as an array of Slurm. Each task makes its part, which unmask takes from the array's own variables, in a folder of its own.
#   sbatch slurm-array.sh study.yaml
#   unmask merge-runs part-* --out study     # when all are done; the same sbatch goes on where some were cut off
#SBATCH --job-name=unmask
#SBATCH --array=1-3
#SBATCH --cpus-per-task=1
#SBATCH --output=%x-%a.log
set -euo pipefail
export UNMASK_THREADS=$SLURM_CPUS_PER_TASK
exec ${UNMASK:-unmask} run --grid "${1:-study.yaml}" --out "part-$SLURM_ARRAY_TASK_ID"
