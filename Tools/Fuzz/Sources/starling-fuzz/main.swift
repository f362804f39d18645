import FuzzTargets
import Glibc
import LibFuzzer

// ./Tools/fuzz runs this program, and says by the environment what it is to do: libFuzzer starts it again by itself,
// with other arguments.
func tell(_ message: String) {
    let line = Array((message + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
}

func fail(_ message: String) -> Never {
    tell("starling-fuzz: \(message)")
    exit(2)
}

func store(_ bytes: [UInt8], at path: String) {
    guard let file = fopen(path, "w") else { fail("can't write \(path)") }
    defer { fclose(file) }
    if fwrite(bytes, 1, bytes.count, file) != bytes.count { fail("can't write \(path)") }
}

/// The seeds of all targets, as `FOLDER/TARGET/NUMBER`.
func writeSeeds(to folder: String) {
    for target in FuzzTarget.all {
        mkdir("\(folder)/\(target.name)", 0o755)
        for (number, seed) in target.seeds().enumerated() {
            let digits = number < 10 ? "0\(number)" : "\(number)"
            store(seed, at: "\(folder)/\(target.name)/\(digits)")
        }
    }
}

if let folder = Chosen.environment("STARLING_FUZZ_SEEDS") {
    writeSeeds(to: folder)
    exit(0)
}
guard let name = Chosen.environment("STARLING_FUZZ_TARGET") else {
    for target in FuzzTarget.all { print("\(target.name)\t\(target.maxBytes)\t\(target.summary)") }
    exit(0)
}
guard Chosen.target != nil else { fail("no target is named '\(name)'") }
guard starling_fuzz_count_memory() != 0 else { fail("memory can't be counted") }
HeldMemory.measure { starling_fuzz_allocated_bytes() }

var argc = CommandLine.argc
var argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&argc, &argv) { data, size in
        do {
            try Chosen.target?.run(Array(UnsafeBufferPointer(start: data, count: size)))
        } catch {
            tell("broken property: \(error)")
            // So that libFuzzer writes the input down.
            abort()
        }
        return 0
    })
