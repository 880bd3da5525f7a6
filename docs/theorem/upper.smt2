; upper.smt2: the final value of the unlocked model is at most N * K, for every number N of threads and K of iterations.
;
; To be read after lower.smt2. The model is the same, but for the ghost `rest`, which only counts: no other part of a
; state depends on it.
;
;     z3 upper.smt2
;     sed '/^; ---- Nothing/,$d' upper.smt2 | cvc5 --lang=smt2 --incremental --full-saturate-quant -
(set-info :smt-lib-version 2.6)
(set-info :category "crafted")
(set-logic AUFNIA)

; ---- The model ------------------------------------------------------------------------------------------------------

(declare-const N Int)                   ; threads: 0 .. N-1
(declare-const K Int)                   ; iterations of each
(assert (>= N 1))
(assert (>= K 1))

; A state: the shared variable, and of each thread three things, as arrays from the thread's number; and the ghost.
(declare-const v Int)                   ; the value
(declare-const done (Array Int Int))    ; how many iterations the thread has completed
(declare-const pc (Array Int Int))      ; what it does next: 0 load, 1 add, 2 store
(declare-const ax (Array Int Int))      ; its register
(declare-const rest (Array Int Int))    ; rest[i]: how many stores the threads 0 .. i-1 together have still to do

; The thread that steps, and the state after its step.
(declare-const t Int)
(assert (and (<= 0 t) (< t N)))
(declare-const v2 Int)
(declare-const done2 (Array Int Int))
(declare-const pc2 (Array Int Int))
(declare-const ax2 (Array Int Int))
(declare-const rest2 (Array Int Int))

(define-fun Start () Bool               ; the registers hold anything
  (and (= v 0)
       (forall ((i Int)) (=> (and (<= 0 i) (< i N)) (and (= (select done i) 0) (= (select pc i) 0))))
       (forall ((i Int)) (=> (and (<= 0 i) (<= i N)) (= (select rest i) (* i K))))))

(define-fun Load () Bool                ; mov counter, %ax
  (and (= (select pc t) 0) (< (select done t) K)
       (= v2 v) (= done2 done) (= pc2 (store pc t 1)) (= ax2 (store ax t v)) (= rest2 rest)))

(define-fun Add () Bool                 ; add $1, %ax
  (and (= (select pc t) 1)
       (= v2 v) (= done2 done) (= pc2 (store pc t 2)) (= ax2 (store ax t (+ (select ax t) 1))) (= rest2 rest)))

(define-fun Store () Bool               ; mov %ax, counter
  (and (= (select pc t) 2)
       (= v2 (select ax t)) (= done2 (store done t (+ (select done t) 1))) (= pc2 (store pc t 0)) (= ax2 ax)
       ; one store less, in all sums that count thread t
       (forall ((i Int)) (=> (and (<= 0 i) (<= i N))
           (= (select rest2 i) (ite (< t i) (- (select rest i) 1) (select rest i)))))))

; ---- The invariant --------------------------------------------------------------------------------------------------

; What holds for the one thread whose data are d, p and x, while all threads together have r stores still to do.
(define-fun Thread ((d Int) (p Int) (x Int) (r Int)) Bool
  (and
       (=> (> p 0) (< d K)) ; U1
       (=> (= p 1) (<= (+ x r) (* N K))) ; U6
       (=> (= p 2) (<= (+ x r) (+ (* N K) 1))) ; U7
  ))

(define-fun Threads ((done (Array Int Int)) (pc (Array Int Int)) (ax (Array Int Int)) (rest (Array Int Int))) Bool
  (forall ((i Int)) (=> (and (<= 0 i) (< i N))
      (Thread (select done i) (select pc i) (select ax i) (select rest N)))))

; rest is what its name says, and so never falls from one thread to the next.
(define-fun Zero ((rest (Array Int Int))) Bool
  (= (select rest 0) 0))
(define-fun Sum ((done (Array Int Int)) (rest (Array Int Int))) Bool
  (forall ((i Int)) (=> (and (<= 0 i) (< i N))
      (= (select rest (+ i 1)) (+ (select rest i) (- K (select done i)))))))
(define-fun Rising ((rest (Array Int Int))) Bool
  (forall ((i Int) (j Int)) (=> (and (<= 0 i) (<= i N) (<= 0 j) (<= j N) (<= i j))
      (<= (select rest i) (select rest j)))))

; The heart of it: the value and all that is still to come are never more than N * K.
(define-fun Budget ((v Int) (rest (Array Int Int))) Bool
  (<= (+ v (select rest N)) (* N K)))

(define-fun Invariant ((v Int) (done (Array Int Int)) (pc (Array Int Int)) (ax (Array Int Int)) (rest (Array Int Int)))
    Bool
  (and (Threads done pc ax rest)
       (Zero rest) ; U2
       (Sum done rest) ; U3
       (Rising rest) ; U4
       (Budget v rest) ; U5
  ))

; ---- Initiation -----------------------------------------------------------------------------------------------------

(push 1)
(assert Start)
(assert (not (Invariant v done pc ax rest)))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- Consecution: no step of any thread leaves the invariant --------------------------------------------------------

(push 1)
(assert (Invariant v done pc ax rest))
(assert Load)
(assert (not (Invariant v2 done2 pc2 ax2 rest2)))
(set-info :status unsat)
(check-sat)
(pop 1)

(push 1)
(assert (Invariant v done pc ax rest))
(assert Add)
(assert (not (Invariant v2 done2 pc2 ax2 rest2)))
(set-info :status unsat)
(check-sat)
(pop 1)

; A store changes everything, so each part of the invariant is a question of its own.
(push 1)
(assert (Invariant v done pc ax rest))
(assert Store)
(push 1) (assert (not (Threads done2 pc2 ax2 rest2))) (set-info :status unsat) (check-sat) (pop 1)
(push 1) (assert (not (Zero rest2))) (set-info :status unsat) (check-sat) (pop 1) ; U2
(push 1) (assert (not (Sum done2 rest2))) (set-info :status unsat) (check-sat) (pop 1) ; U3
(push 1) (assert (not (Rising rest2))) (set-info :status unsat) (check-sat) (pop 1) ; U4
(push 1) (assert (not (Budget v2 rest2))) (set-info :status unsat) (check-sat) (pop 1) ; U5
(pop 1)

; ---- Conclusion, which holds at the end and at any time before ------------------------------------------------------

(push 1)
(assert (Invariant v done pc ax rest))
(assert (not (<= v (* N K))))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- Nothing here is empty ------------------------------------------------------------------------------------------

(assert (= N 2))
(assert (= K 2))

(push 1)
(assert (Invariant v done pc ax rest))
(assert Load)
(set-info :status sat)
(check-sat)
(pop 1)

(push 1)
(assert (Invariant v done pc ax rest))
(assert Add)
(set-info :status sat)
(check-sat)
(pop 1)

(push 1)
(assert (Invariant v done pc ax rest))
(assert Store)
(set-info :status sat)
(check-sat)
(pop 1)

; All have finished and the value is N * K.
(push 1)
(assert (Invariant v done pc ax rest))
(assert (= (select rest N) 0))
(assert (= v (* N K)))
(set-info :status sat)
(check-sat)
(pop 1)
