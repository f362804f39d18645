import CSnappy

/// Snappy's raw block format, with which RLPx messages are compressed (EIP-706).
enum Snappy {
    /// Why a block can't be decompressed.
    enum Failure: Error, Equatable {
        case corrupt
        /// The block declares more bytes than its own can stand for.
        case implausible(bytes: Int)
        /// The block declares more bytes than allowed.
        case oversized(bytes: Int)
    }

    /// The block that holds `bytes`.
    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { input in
            let capacity = snappy_max_compressed_length(input.count)
            return [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                var written = capacity
                let status = input.withMemoryRebound(to: CChar.self) { input in
                    output.withMemoryRebound(to: CChar.self) { output in
                        snappy_compress(input.baseAddress, input.count, output.baseAddress, &written)
                    }
                }
                precondition(status == SNAPPY_OK, "the buffer has the size that snappy asks for")
                count = written
            }
        }
    }

    /// The most bytes that a block for `count` bytes has.
    static func maxCompressedCount(_ count: Int) -> Int { snappy_max_compressed_length(count) }

    /// The bytes that a block says it holds; nil where it isn't one.
    static func declaredCount(_ block: UnsafeRawBufferPointer) -> Int? {
        block.withMemoryRebound(to: CChar.self) { block in
            var declared = 0
            let status = snappy_uncompressed_length(block.baseAddress, block.count, &declared)
            return status == SNAPPY_OK ? declared : nil
        }
    }

    /// The content of `block`, at most `limit` bytes: the length that it declares is checked before memory is taken.
    static func decompress(_ block: UnsafeRawBufferPointer, limit: Int) throws(Failure) -> [UInt8] {
        try block.withMemoryRebound(to: CChar.self) { block throws(Failure) in
            var declared = 0
            guard snappy_uncompressed_length(block.baseAddress, block.count, &declared) == SNAPPY_OK else {
                throw .corrupt
            }
            guard declared <= limit else { throw .oversized(bytes: declared) }
            // Three bytes of a block stand for at most 64 (a copy element), so what can't be true takes no memory.
            guard declared / 64 <= block.count / 3 + 1 else { throw .implausible(bytes: declared) }
            var status = SNAPPY_OK
            let content = [UInt8](unsafeUninitializedCapacity: declared) { output, count in
                var written = declared
                status = output.withMemoryRebound(to: CChar.self) { output in
                    snappy_uncompress(block.baseAddress, block.count, output.baseAddress, &written)
                }
                count = status == SNAPPY_OK ? written : 0
            }
            guard status == SNAPPY_OK else { throw .corrupt }
            return content
        }
    }
}
