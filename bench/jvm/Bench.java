import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * The same operations on java.util.concurrent.atomic. Speaks on standard input what main.cpp
 * speaks; run.py interleaves the slices of both.
 */
public final class Bench {
    static final int CHUNK = 1000;
    static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    static volatile long sink;

    /** Some operations on a fresh subject; each has loops of its own, so that no profile is shared. */
    interface Operation {
        long batch(Held held);

        long error(long done);
    }

    /** Where a thread keeps a snapshot, so that the reference really leaves the loop. */
    static final class Held {
        Long kept;
    }

    static final class Peek implements Operation {
        final AtomicReference<Long> reference = new AtomicReference<>(1000L);

        long loop() {
            long sum = 0;
            for (int i = 0; i < CHUNK; i++) sum += reference.get();
            return sum;
        }

        public long batch(Held held) {
            long sum = 0;
            for (int i = 0; i < 16; i++) sum += loop();
            sink = sum;
            return 16 * CHUNK;
        }

        public long error(long done) {
            return 0;
        }
    }

    static final class Keep implements Operation {
        final AtomicReference<Long> reference = new AtomicReference<>(1000L);

        long loop(Held held) {
            long sum = 0;
            for (int i = 0; i < CHUNK; i++) {
                held.kept = reference.get();
                sum += held.kept;
            }
            return sum;
        }

        public long batch(Held held) {
            long sum = 0;
            for (int i = 0; i < 16; i++) sum += loop(held);
            sink = sum;
            return 16 * CHUNK;
        }

        public long error(long done) {
            return 0;
        }
    }

    static final class Swap implements Operation {
        final AtomicReference<Long> reference = new AtomicReference<>(0L);

        public long batch(Held held) {
            for (int i = 0; i < CHUNK; i++) reference.updateAndGet(value -> value + 1);
            return CHUNK;
        }

        public long error(long done) {
            return reference.get() - done;
        }
    }

    static final class Mix99 implements Operation {
        final AtomicReference<Long> reference = new AtomicReference<>(0L);

        public long batch(Held held) {
            long sum = 0;
            for (int i = 0; i < CHUNK / 100; i++) {
                reference.updateAndGet(value -> value + 1);
                for (int read = 0; read < 99; read++) sum += reference.get();
            }
            sink = sum;
            return CHUNK;
        }

        public long error(long done) {
            return reference.get() - done / 100;
        }
    }

    static final class Mix50 implements Operation {
        final AtomicReference<Long> reference = new AtomicReference<>(0L);

        public long batch(Held held) {
            long sum = 0;
            for (int i = 0; i < CHUNK / 2; i++) {
                reference.updateAndGet(value -> value + 1);
                sum += reference.get();
            }
            sink = sum;
            return CHUNK;
        }

        public long error(long done) {
            return reference.get() - done / 2;
        }
    }

    static final class AddLong implements Operation {
        final AtomicLong counter = new AtomicLong();

        long loop() {
            long sum = 0;
            for (int i = 0; i < CHUNK; i++) sum += counter.addAndGet(1);
            return sum;
        }

        public long batch(Held held) {
            long sum = 0;
            for (int i = 0; i < 16; i++) sum += loop();
            sink = sum;
            return 16 * CHUNK;
        }

        public long error(long done) {
            return counter.get() - done;
        }
    }

    static final class AddAdder implements Operation {
        final LongAdder counter = new LongAdder();

        void loop() {
            for (int i = 0; i < CHUNK; i++) counter.add(1);
        }

        public long batch(Held held) {
            for (int i = 0; i < 16; i++) loop();
            return 16 * CHUNK;
        }

        public long error(long done) {
            return counter.sum() - done;
        }
    }

    static final class SumAdder implements Operation {
        final LongAdder counter = new LongAdder();

        long loop() {
            long sum = 0;
            for (int i = 0; i < CHUNK; i++) sum += counter.sum();
            return sum;
        }

        public long batch(Held held) {
            long sum = 0;
            counter.add(1);
            for (int i = 0; i < 16; i++) sum += loop();
            sink = sum;
            return 16 * CHUNK;
        }

        public long error(long done) {
            return counter.sum() - done / (16 * CHUNK);
        }
    }

    static final String[][] CELLS = {
        {"Java AtomicReference", "peek"}, {"Java AtomicReference", "keep"},
        {"Java AtomicReference", "swap"}, {"Java AtomicReference", "mix99"},
        {"Java AtomicReference", "mix50"}, {"Java AtomicLong", "add"}, {"Java LongAdder", "add"},
        {"Java LongAdder", "sum"},
    };

    static Operation make(int index) {
        switch (index) {
            case 0: return new Peek();
            case 1: return new Keep();
            case 2: return new Swap();
            case 3: return new Mix99();
            case 4: return new Mix50();
            case 5: return new AddLong();
            case 6: return new AddAdder();
            default: return new SumAdder();
        }
    }

    static String run(int index, int threads, long nanoseconds) throws InterruptedException {
        Operation operation = make(index);
        long[] ops = new long[threads];
        long[] wall = new long[threads];
        long[] cpu = new long[threads];
        long[] warm = new long[threads];
        AtomicInteger missing = new AtomicInteger(threads);
        List<Thread> team = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int lane = i;
            team.add(new Thread(() -> {
                Held held = new Held();
                missing.decrementAndGet();
                while (missing.get() > 0) Thread.yield();
                warm[lane] = operation.batch(held);
                long done = 0;
                long cpuBegin = CPU.getCurrentThreadCpuTime();
                long begin = System.nanoTime();
                long now;
                do {
                    done += operation.batch(held);
                    now = System.nanoTime();
                } while (now - begin < nanoseconds);
                cpu[lane] = CPU.getCurrentThreadCpuTime() - cpuBegin;
                wall[lane] = now - begin;
                ops[lane] = done;
            }));
        }
        for (Thread thread : team) thread.start();
        for (Thread thread : team) thread.join();
        long done = 0;
        for (int i = 0; i < threads; i++) done += ops[i] + warm[i];
        long error = operation.error(done);
        if (error != 0) return "{\"error\":\"the count is off by " + error + "\"}";
        return "{\"ops\":" + list(ops) + ",\"wall\":" + list(wall) + ",\"cpu\":" + list(cpu) + "}";
    }

    static String list(long[] numbers) {
        return java.util.Arrays.toString(numbers);
    }

    static String cells() {
        StringBuilder text = new StringBuilder("{\"compiler\":\"Java "
            + System.getProperty("java.vm.version") + "\",\"cells\":[");
        for (int i = 0; i < CELLS.length; i++) {
            text.append(i == 0 ? "" : ",").append("{\"subject\":\"").append(CELLS[i][0])
                .append("\",\"op\":\"").append(CELLS[i][1])
                .append("\",\"payload\":\"int64\",\"max_threads\":64}");
        }
        return text.append("]}").toString();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("list")) {
                System.out.println(cells());
            } else {
                System.out.println(run(Integer.parseInt(words[1]), Integer.parseInt(words[2]),
                    Long.parseLong(words[3]) * 1000));
            }
        }
    }
}
