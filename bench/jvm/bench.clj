;; The same operations on Clojure's atom. Speaks on standard input what main.cpp speaks; run.py
;; interleaves the slices of both.
(import '(java.util.concurrent.atomic AtomicInteger)
        '(java.lang.management ManagementFactory ThreadMXBean))
(set! *warn-on-reflection* true)

(def ^:const batch-size 1000)
(def ^ThreadMXBean cpu-times (ManagementFactory/getThreadMXBean))

;; Where a thread keeps a snapshot, so that the reference really leaves the loop.
(definterface Holds (hold [value]))
(deftype Held [^:unsynchronized-mutable kept]
  Holds
  (hold [_ value] (set! kept value) kept))

(defn peek-loop ^long [a _]
  (let [reads (long (* 16 batch-size))]
    (loop [i 0 sum 0]
      (if (< i reads) (recur (inc i) (unchecked-add sum (long @a))) sum))))

(defn keep-loop ^long [a ^Held held]
  (let [reads (long (* 16 batch-size))]
    (loop [i 0 sum 0]
      (if (< i reads) (recur (inc i) (unchecked-add sum (long (.hold held @a)))) sum))))

;; `reads` derefs after every swap.
(defn swap-loop ^long [a ^long reads]
  (let [swaps (quot (long batch-size) (inc reads))]
    (loop [i 0 sum 0]
      (if (< i swaps)
        (do (swap! a inc)
            (recur (inc i)
                   (long (loop [read 0 sum sum]
                           (if (< read reads)
                             (recur (inc read) (unchecked-add sum (long @a)))
                             sum)))))
        sum))))

;; name, loop, operations a batch, operations a swap (0: none)
(def operations
  [["peek" peek-loop (* 16 batch-size) 0]
   ["keep" keep-loop (* 16 batch-size) 0]
   ["swap" (fn [a _] (swap-loop a 0)) batch-size 1]
   ["mix99" (fn [a _] (swap-loop a 99)) batch-size 100]
   ["mix50" (fn [a _] (swap-loop a 1)) batch-size 2]])

(defn lane [a work ops ^AtomicInteger missing nanoseconds result]
  (Thread.
    (fn []
      (let [held (Held. nil)
            ops (long ops)
            nanoseconds (long nanoseconds)]
        (.decrementAndGet missing)
        (while (pos? (.get missing)) (Thread/yield))
        (work a held)
        (let [cpu (.getCurrentThreadCpuTime cpu-times)
              begin (System/nanoTime)]
          (loop [done 0 sum 0]
            (let [sum (unchecked-add sum (long (work a held)))
                  done (+ done ops)
                  now (System/nanoTime)]
              (if (< (- now begin) nanoseconds)
                (recur done sum)
                (deliver result [done (- now begin)
                                 (- (.getCurrentThreadCpuTime cpu-times) cpu) sum])))))))))

(defn run [index threads nanoseconds]
  (let [[_ work ops per-swap] (operations index)
        a (atom 1000)
        missing (AtomicInteger. (int threads))
        results (repeatedly threads promise)
        team (mapv #(lane a work ops missing nanoseconds %) (doall results))]
    (doseq [^Thread thread team] (.start thread))
    (doseq [^Thread thread team] (.join thread))
    (let [lanes (map deref results)
          done (+ (reduce + (map first lanes)) (* threads ops))
          swaps (if (zero? per-swap) 0 (quot done per-swap))
          column (fn [n] (str "[" (apply str (interpose "," (map #(nth % n) lanes))) "]"))]
      (if (= @a (+ 1000 swaps))
        (str "{\"ops\":" (column 0) ",\"wall\":" (column 1) ",\"cpu\":" (column 2) "}")
        (str "{\"error\":\"counted " (- @a 1000) ", made " swaps " swaps\"}")))))

(defn cells []
  (str "{\"compiler\":\"Clojure " (clojure-version) "\",\"cells\":["
       (apply str (interpose ","
         (for [[op] operations]
           (str "{\"subject\":\"Clojure atom\",\"op\":\"" op
                "\",\"payload\":\"int64\",\"max_threads\":64}"))))
       "]}"))

(loop []
  (when-let [line (read-line)]
    (let [[verb index threads microseconds] (.split ^String line " ")]
      (println (if (= verb "list")
                 (cells)
                 (run (parse-long index) (parse-long threads)
                      (* 1000 (parse-long microseconds)))))
      (flush)
      (recur))))
