#!/bin/sh
# SPDX-License-Identifier: MIT
# Several processes by MPI: the same bytes on any number of them, and errors that are told once.
# Each MPI that is installed is tested; without one it says so and tests nothing.
#   ranks.sh                 20 steps of each trainer, on 1 to 4 processes, with 1 and 2 threads
#   ranks.sh PART …          launch, prompt, bytes, places, sweep, faults: only these
# HENGE is the program, by default .build/henge. HENGE_KILLS says how often a process is killed.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
if [ -z "${HENGE-}" ]; then "$root/Scripts/henge" -e 1 >/dev/null || exit; fi
henge=${HENGE:-$root/.build/henge}
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache" NO_COLOR=1 TMPDIR="$work"
export SWIFT_BACKTRACE=enable=no
# As root, and in containers, where processes may not read each other's memory.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none
cd "$work" || exit 1

mpis=
for mpi in mpich openmpi; do
  if command -v "mpirun.$mpi" >/dev/null 2>&1 && command -v "mpicc.$mpi" >/dev/null 2>&1; then
    "$root/Scripts/mpi" "mpicc.$mpi" "$work/$mpi.so" 2>/dev/null
    check "Scripts/mpi compiles the library of $mpi" 0 "$?"
    mpis="$mpis $mpi"
  else
    echo "skipped: there is no mpirun.$mpi with its mpicc.$mpi here (apt-get install" \
      "$([ "$mpi" = mpich ] && echo mpich libmpich-dev || echo openmpi-bin libopenmpi-dev))"
  fi
done
[ -n "$mpis" ] || exit 0

parts=${*:-launch prompt bytes places sweep faults}
wanted() { case " $parts " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

# Runs henge with the arguments behind $1, the MPI, and $2, the number of processes.
launch() {
  mpi=$1
  count=$2
  shift 2
  HENGE_MPI=$work/$mpi.so HENGE_RANKS_WAIT=60 timeout 600 \
    "mpirun.$mpi" -n "$count" "$henge" "$@"
}

sets='A = faces("anime", 12, size=24x24); B = faces("photo", 12, size=24x24); P = pairs(A, B)
m = sequential(conv(3, 3, padding=1), dropout(0.3))'
# The trainers, by the name of their file.
trainer() {
  case $1 in
    cyclegan) echo 'cyclegan(A, B, base=2, blocks=1, batch=4, pool=3, parts=PARTS)' ;;
    ugatit) echo 'ugatit(A, B, base=2, blocks=1, layers=5, batch=4, parts=PARTS)' ;;
    cut) echo 'cut(A, B, base=2, blocks=5, layers=2, batch=4, pool=3, parts=PARTS)' ;;
    # With batch normalization and dropout.
    pix2pix) echo 'pix2pix(P, base=2, downs=3, layers=2, batch=4, pool=3, parts=PARTS)' ;;
    encoder) echo 'encoder_decoder_trainer(P, none, m, batch=4, held=0, parts=PARTS)' ;;
  esac
}

script() {
  printf '%s\nt = %s\nt.step(20)\nsave(t, "%s.safetensors")\n' \
    "$sets" "$(trainer "$1" | sed "s/PARTS/$2/")" "$3"
}

# Starts henge with the arguments behind $1, where its first process is in another folder.
mkdir -p only
: >only/here.txt
cat >apart.sh <<EOF
#!/bin/sh
rank=\${PMI_RANK:-\${OMPI_COMM_WORLD_RANK}}
[ "\$rank" = 0 ] && cd "$work/only"
exec "$henge" "\$@"
EOF
chmod +x apart.sh

hash() { sha256sum <"$1.safetensors" | cut -c1-16; }

if wanted launch; then
  for mpi in $mpis; do
    words=$(launch "$mpi" 2 --version | grep '^processes: 2 processes on 1 machine, ')
    case $mpi:$words in mpich:*MPICH\ [0-9]* | openmpi:*Open\ MPI\ [0-9]*) words=named ;; esac
    check "--version names the processes, $mpi" named "$words"
    check "ranks() is 2, printed once, $mpi" 2 "$(launch "$mpi" 2 -q -e 'ranks()')"
    check "a program on standard input, $mpi" "3 2" \
      "$(echo 'print(1 + 2, ranks())' | launch "$mpi" 2 -q)"
    words=$(HENGE_MPI=$work/none.so "mpirun.$mpi" -n 2 "$henge" -e 1 2>&1 |
      grep -c 'Scripts/mpi compiles it')
    check "without its library it names the command, $mpi" 2 "$words"
  done
  check "ranks() without a launcher" 1 "$("$henge" -q -e 'ranks()')"
fi

if wanted prompt; then
  # Waits up to 30 s until the session said $1; the last line that does.
  heard() {
    tries=0
    while ! grep -q -- "$1" said && [ "$tries" -lt 300 ]; do
      tries=$((tries + 1))
      sleep 0.1
    done
    grep -- "$1" said | tail -n 1
  }
  # The process of rank $1.
  rank_pid() {
    for pid in $(pgrep -f "^$henge -i"); do
      tr '\0' '\n' <"/proc/$pid/environ" |
        grep -q -x -e "PMI_RANK=$1" -e "OMPI_COMM_WORLD_RANK=$1" && echo "$pid"
    done
  }
  begin_prompt() {
    rm -f entries
    mkfifo entries
    HENGE_MPI=$work/$mpi.so HENGE_RANKS_WAIT=60 timeout 300 "mpirun.$mpi" -n 3 "$@" -i \
      <entries >said 2>&1 &
    job=$!
    exec 3>entries
  }
  enter() { printf '%s\n' "$1" >&3; }
  end_prompt() {
    exec 3>&-
    wait "$job"
  }
  for mpi in $mpis; do
    begin_prompt "$henge"
    enter "$sets"
    enter 't = cyclegan(A, B, base=2, blocks=1, batch=4, pool=3, parts=4)'
    enter 't.step(5); y = 1 / "a"'
    enter 'print("after an error", t.count, ranks())'
    check "an error in an entry keeps whole steps, $mpi" "after an error 5 3" \
      "$(heard 'after an error')"
    check "and is told once, $mpi" 1 "$(grep -c 'E-type' said)"
    enter 't.step(100000)'
    sleep 2
    kill -INT "$(rank_pid 0)"
    heard 'stopped by Ctrl-C' >/dev/null
    enter 'reached = t.count; print("reached", reached > 5 and reached < 100000)'
    check "Ctrl-C stops all at a whole step, $mpi" "reached true" "$(heard '^reached')"
    enter ':go'
    sleep 1
    kill -INT "$(rank_pid 2)"
    enter 'print("further", t.count > reached)'
    check ":go continues, and Ctrl-C is heard from any process, $mpi" "further true" \
      "$(heard '^further')"
    enter 'x = 0; repeat 1000000000000 { x += 1 }'
    sleep 1
    kill -INT "$(rank_pid 0)"
    enter 'print("x is", x)'
    check "a loop without exchanges stops, too, $mpi" "x is 0" "$(heard '^x is')"
    enter ':back to 3'
    enter 't.step(20); save(t, "prompt.safetensors"); print("saved")'
    heard '^saved' >/dev/null
    enter ':quit'
    end_prompt
    check ":quit ends all, $mpi" 0 "$?"
    script cyclegan 4 alone >alone.henge
    "$henge" -q run alone.henge
    check "entries of three processes have the bytes of one, $mpi" same \
      "$(cmp prompt.safetensors alone.safetensors && echo same)"
    begin_prompt ./apart.sh
    enter "$(echo "$sets" | head -n 1)"
    enter 't = cyclegan(A, B, base=2, blocks=1, batch=4, parts=4); w = 5'
    enter 't.step(2); if exists("here.txt") { t.step(1) }; w = 6'
    enter 'print("apart", t.count, w)'
    check "an entry that goes apart is undone, $mpi" "apart 0 5" "$(heard '^apart')"
    enter 't.step(2); if not exists("here.txt") { 1 / "a" }; w = 6'
    enter 'print("failed", t.count, w)'
    check "an entry that fails in one process is undone, $mpi" "failed 0 5" "$(heard '^failed')"
    check "and the process is named, $mpi" 1 "$(grep -c 'rank 1 (.*) failed: E-type' said)"
    end_prompt
    check "the end of the input ends all, $mpi" 0 "$?"
    printf '# Page\n\n```henge\n%s\nt = %s\nt.step(3)\nt.losses\n```\n' "$sets" \
      "$(trainer cyclegan | sed s/PARTS/4/)" >page.henge.md
    "$henge" -q --threads 1 render page.henge.md && mv page.html one.html
    launch "$mpi" 3 -q --threads 1 render page.henge.md
    check "a page of three processes has the bytes of one, $mpi" same \
      "$(cmp page.html one.html && echo same)"
    check "a lesson is refused, $mpi" 1 \
      "$(launch "$mpi" 2 -q lesson 1 2>&1 | grep -c 'henge lesson is for one process')"
  done
fi

if wanted bytes; then
  for name in cyclegan ugatit cut pix2pix encoder; do
    script "$name" 4 "$name-whole" >whole.henge
    "$henge" -q --threads 2 run whole.henge || echo "FAIL $name alone"
    whole=$(hash "$name-whole")
    script "$name" 4 "$name" >one.henge
    for mpi in $mpis; do
      for threads in 1 2; do
        for count in 1 2 3 4; do
          rm -f "$name.safetensors"
          launch "$mpi" "$count" -q --threads "$threads" run one.henge 2>errors || cat errors
          check "$name, parts=4, $mpi, $count processes, $threads threads" "$whole" \
            "$(hash "$name")"
        done
      done
    done
  done
fi

if wanted places; then
  for mpi in $mpis; do
    # A failure of one process is told once, with its rank.
    echo 'spread([0, 1, 2], x => { if x == 1 { return load("missing.npy") }; return x })' \
      >fails.henge
    said=$(launch "$mpi" 2 -q run fails.henge 2>&1 | grep -c 'element 1: .*missing.npy')
    check "an error of one element is told once, $mpi" 1 "$said"
    check "nothing is left of what other processes wrote, $mpi" none \
      "$(ls -d "$work"/henge-rank-* 2>/dev/null || echo none)"
    # What only the first process finds.
    printf '%s\n%s\n%s\n' "$sets" 't = fit(conv(3, 3, padding=1), A, batch=4, parts=2)' \
      'if exists("here.txt") { t.step(2) } else { save(zeros(3), "z.npy") }' >apart.henge
    cp apart.henge only/apart.henge
    said=$(HENGE_MPI=$work/$mpi.so HENGE_RANKS_WAIT=20 timeout 60 "mpirun.$mpi" -n 2 ./apart.sh -q \
      run apart.henge 2>&1)
    code=$?
    check "scripts that go apart end, $mpi" yes \
      "$([ "$code" -ne 0 ] && [ "$code" -ne 124 ] && echo yes)"
    check "in one error, $mpi" 1 "$(echo "$said" | grep -c 'E-ranks')"
    check "that names both places, $mpi" 2 "$(echo "$said" |
      grep -c -e 'rank 0 .*line 4 of apart.henge: fit, step 1' -e 'rank 1 .*writing')"
    # One that does not come.
    printf 'if exists("here.txt") { repeat 10000000000 { x = 1 } }\nsave(zeros(3), "z.npy")\n' \
      >late.henge
    cp late.henge only/late.henge
    said=$(HENGE_MPI=$work/$mpi.so HENGE_RANKS_WAIT=3 timeout 60 "mpirun.$mpi" -n 2 ./apart.sh -q \
      run late.henge 2>&1)
    check "who does not come is named, $mpi" 1 "$(echo "$said" | grep -c 'waited 3 s for rank 0')"
  done
fi

if wanted sweep; then
  cat >sweep.henge <<'EOF'
A = faces("anime", 12, size=24x24)
runs = spread(0..8, i => {
  seed(i)
  t = fit(sequential(conv(3, 8, padding=1), relu(), conv(8, 3, padding=1)), A, lr=1e-3 * (i + 1))
  t.step(10)
  return (i=i, loss=t.losses.loss, x=rand(2))
})
for r in runs { print(r.i, r.loss, r.x) }
k = spread([1, 0, 2], x => { if x == 0 { return 1 / "a" }; return 6 / x }, errors="keep")
print(k)
EOF
  "$henge" -q run sweep.henge >sweep-1
  for mpi in $mpis; do
    for count in 2 3; do
      launch "$mpi" "$count" -q --threads 1 run sweep.henge >"sweep-$count" 2>errors || cat errors
      check "a sweep on $count processes has the same table, $mpi" same \
        "$([ -s sweep-1 ] && cmp sweep-1 "sweep-$count" && echo same)"
    done
  done
fi

if wanted faults; then
  kills=${HENGE_KILLS-4}
  # So many that a job still trains when it is told to stop.
  steps=300
  name=cyclegan
  make=$(trainer $name | sed s/PARTS/4/)
  printf '%s\nt = %s\nt.step(%s)\nsave(t, "whole.safetensors")\n' "$sets" "$make" "$steps" \
    >whole.henge
  printf '%s\nt = %s\nt.step(%s, save="run.safetensors", save_every=1)\n' "$sets" "$make" \
    "$steps" >first.henge
  printf '%s\nt = resume("run.safetensors", A, B)\nprint(t.count)\n%s\n%s\n' "$sets" \
    "t.step($steps - t.count)" 'save(t, "resumed.safetensors")' >second.henge
  "$henge" -q run whole.henge
  # The processes of this test's jobs: those whose file of the run is here.
  members() { pgrep -f "^$henge -q --threads 1 run first.henge" | sort -n; }
  for mpi in $mpis; do
    number=0
    while [ "$number" -lt "$kills" ]; do
      number=$((number + 1))
      # -9 a process at random; TERM, to save and end.
      signal=$([ $((number % 2)) = 1 ] && echo KILL || echo TERM)
      rm -f run.safetensors resumed.safetensors
      launch "$mpi" 3 -q --threads 1 run first.henge >said 2>&1 &
      job=$!
      while [ ! -e run.safetensors ] && kill -0 "$job" 2>/dev/null; do sleep 0.05; done
      sleep "$(awk "BEGIN { srand(); print rand() * 2 }")"
      victim=$(members | sed -n "$((number % 3 + 1))p")
      began=$(date +%s%N)
      [ -n "$victim" ] && kill -"$signal" "$victim"
      wait "$job"
      took=$((($(date +%s%N) - began) / 1000000))
      check "after $signal of one process the job ends within 5 s, $mpi" yes \
        "$([ "$took" -lt 5000 ] && echo yes || echo "$took ms")"
      reached=$(launch "$mpi" "$((number % 4 + 1))" -q --threads 1 run second.henge 2>errors) ||
        cat errors
      check "resumed at step $reached on $((number % 4 + 1)): the same bytes, $mpi" same \
        "$(cmp whole.safetensors resumed.safetensors && echo same)"
    done
    # SIGUSR1 saves and goes on.
    rm -f run.safetensors
    printf '%s\nt = %s\nt.step(%s, save="run.safetensors")\n' "$sets" "$make" "$steps" \
      >first.henge
    launch "$mpi" 2 -q --threads 1 run first.henge >said 2>&1 &
    job=$!
    while [ -z "$(members)" ]; do sleep 0.05; done
    sleep 1
    kill -USR1 "$(members | sed -n 2p)" 2>/dev/null
    saved=
    while [ -z "$saved" ] && [ -n "$(members)" ]; do
      [ -e run.safetensors ] && saved=yes
      sleep 0.05
    done
    check "after SIGUSR1 to one process the trainer is saved while it trains, $mpi" yes "$saved"
    wait "$job"
    check "and the run goes on to its end, $mpi" 0 "$?"
    check "and has the same bytes, $mpi" same \
      "$(cmp whole.safetensors run.safetensors && echo same)"
    printf '%s\nt = %s\nt.step(%s, save="run.safetensors", save_every=1)\n' "$sets" "$make" \
      "$steps" >first.henge
  done
fi
