; lower.smt2: the final value of the unlocked model is at least 2, for every number of threads and every K >= 2.
;
; The sections and letters are those of ../theorem.md. Each check-sat asks for a counterexample to one step of the
; proof, and beside it stands the status that must be answered. unsat: there is none. At the end, sat: the invariant and
; the steps do not contradict each other, so that the answers before say something.
;
;     z3 lower.smt2
;     sed '/^; ---- Nothing/,$d' lower.smt2 | cvc5 --lang=smt2 --incremental --full-saturate-quant -
(set-info :smt-lib-version 2.6)
(set-info :category "crafted")
(set-logic AUFLIA)

; ---- The model ------------------------------------------------------------------------------------------------------

(declare-const N Int)                   ; threads: 0 .. N-1
(declare-const K Int)                   ; iterations of each
(assert (>= N 1))
(assert (>= K 2))

; A state: the shared variable, and of each thread three things, as arrays from the thread's number.
(declare-const v Int)                   ; the value
(declare-const done (Array Int Int))    ; how many iterations the thread has completed
(declare-const pc (Array Int Int))      ; what it does next: 0 load, 1 add, 2 store
(declare-const ax (Array Int Int))      ; its register

; The thread that steps, and the state after its step.
(declare-const t Int)
(assert (and (<= 0 t) (< t N)))
(declare-const v2 Int)
(declare-const done2 (Array Int Int))
(declare-const pc2 (Array Int Int))
(declare-const ax2 (Array Int Int))

(define-fun Start () Bool               ; the registers hold anything
  (and (= v 0)
       (forall ((i Int)) (=> (and (<= 0 i) (< i N)) (and (= (select done i) 0) (= (select pc i) 0))))))

(define-fun Load () Bool                ; mov counter, %ax
  (and (= (select pc t) 0) (< (select done t) K)
       (= v2 v) (= done2 done) (= pc2 (store pc t 1)) (= ax2 (store ax t v))))

(define-fun Add () Bool                 ; add $1, %ax
  (and (= (select pc t) 1)
       (= v2 v) (= done2 done) (= pc2 (store pc t 2)) (= ax2 (store ax t (+ (select ax t) 1)))))

(define-fun Store () Bool               ; mov %ax, counter
  (and (= (select pc t) 2)
       (= v2 (select ax t)) (= done2 (store done t (+ (select done t) 1))) (= pc2 (store pc t 0)) (= ax2 ax)))

(define-fun Finished ((done (Array Int Int)) (pc (Array Int Int))) Bool
  (forall ((i Int)) (=> (and (<= 0 i) (< i N)) (and (= (select pc i) 0) (= (select done i) K)))))

; ---- The invariant --------------------------------------------------------------------------------------------------

; What holds for the one thread whose data are d, p and x, while the value is v.
(define-fun Thread ((v Int) (d Int) (p Int) (x Int)) Bool
  (and
       (=> (>= d 1) (>= v 1)) ; L2
       (=> (= p 1) (>= x 0)) ; L3
       (=> (= p 2) (>= x 1)) ; L4
       (=> (and (= p 1) (>= d 1)) (>= x 1)) ; L5
       (=> (and (= p 2) (>= d 1)) (>= x 2)) ; L6
  ))

(define-fun Invariant ((v Int) (done (Array Int Int)) (pc (Array Int Int)) (ax (Array Int Int))) Bool
  (and
       (>= v 0) ; L1
       (forall ((i Int)) (=> (and (<= 0 i) (< i N)) (Thread v (select done i) (select pc i) (select ax i))))
       (or (>= v 2) (exists ((i Int)) (and (<= 0 i) (< i N) (< (select done i) K)))) ; L7
  ))

; ---- Initiation -----------------------------------------------------------------------------------------------------

(push 1)
(assert Start)
(assert (not (Invariant v done pc ax)))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- Consecution: no step of any thread leaves the invariant --------------------------------------------------------

(push 1)
(assert (Invariant v done pc ax))
(assert Load)
(assert (not (Invariant v2 done2 pc2 ax2)))
(set-info :status unsat)
(check-sat)
(pop 1)

(push 1)
(assert (Invariant v done pc ax))
(assert Add)
(assert (not (Invariant v2 done2 pc2 ax2)))
(set-info :status unsat)
(check-sat)
(pop 1)

(push 1)
(assert (Invariant v done pc ax))
(assert Store)
(assert (not (Invariant v2 done2 pc2 ax2)))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- Conclusion -----------------------------------------------------------------------------------------------------

(push 1)
(assert (Invariant v done pc ax))
(assert (Finished done pc))
(assert (not (>= v 2)))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- Nothing here is empty ------------------------------------------------------------------------------------------

; With two threads and two iterations the invariant has states in which somebody loads, adds, stores.
(assert (= N 2))
(assert (= K 2))

(push 1)
(assert (Invariant v done pc ax))
(assert Load)
(set-info :status sat)
(check-sat)
(pop 1)

(push 1)
(assert (Invariant v done pc ax))
(assert Add)
(set-info :status sat)
(check-sat)
(pop 1)

(push 1)
(assert (Invariant v done pc ax))
(assert Store)
(set-info :status sat)
(check-sat)
(pop 1)

; And one in which all have finished and the value is 2: it does not promise more than is true.
(push 1)
(assert (Invariant v done pc ax))
(assert (Finished done pc))
(assert (= v 2))
(set-info :status sat)
(check-sat)
(pop 1)
