import CKeccak
public import Primitives

/// Many messages at once: on a CPU that permutes several states together (AVX2 four, AVX-512 eight), this takes a half
/// to a fifth of the time of one call per message. Lengths may differ. Used for trie nodes, transactions and keys.
extension Keccak256 {
    /// The hashes of the given ranges of `bytes`, in their order. Ranges may overlap; one that exceeds `bytes` traps.
    public static func hashes(of ranges: [Range<Int>], in bytes: UnsafeRawBufferPointer) -> [Hash32] {
        hashes(count: ranges.count) { index in
            let range = ranges[index]
            // Slices of unsafe buffers check their bounds in debug builds only.
            precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a range leaves the buffer")
            let part = UnsafeRawBufferPointer(rebasing: bytes[range])
            return starling_keccak_message(start: part.bindMemory(to: UInt8.self).baseAddress, count: part.count)
        }
    }

    /// The hashes of `messages`, in their order. Copies the messages into one buffer.
    @inlinable
    public static func hashes(of messages: some Collection<some Collection<UInt8>>) -> [Hash32] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(messages.count)
        var total = 0
        for message in messages {
            let start = total
            total += message.count
            ranges.append(start..<total)
        }
        return withUnsafeTemporaryAllocation(byteCount: total, alignment: 8) { joined in
            for (message, range) in zip(messages, ranges) {
                UnsafeMutableRawBufferPointer(rebasing: joined[range]).copyBytes(from: message)
            }
            return hashes(of: ranges, in: UnsafeRawBufferPointer(joined))
        }
    }

    /// The hashes of the bytes of each value, in their order.
    public static func hashes<Value: FixedBytes>(of values: [Value]) -> [Hash32] {
        values.withUnsafeBytes { bytes in
            hashes(count: values.count) { index in
                let offset = index * MemoryLayout<Value>.stride
                let value = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + Value.byteCount)])
                return starling_keccak_message(
                    start: value.bindMemory(to: UInt8.self).baseAddress, count: value.count)
            }
        }
    }

    /// The memory of the messages must not move during the call.
    private static func hashes(count: Int, message: (Int) -> starling_keccak_message) -> [Hash32] {
        withUnsafeTemporaryAllocation(of: starling_keccak_message.self, capacity: count) { messages in
            for index in 0..<count { messages.initializeElement(at: index, to: message(index)) }
            return [Hash32](unsafeUninitializedCapacity: count) { hashes, initializedCount in
                hashes.withMemoryRebound(to: UInt8.self) { digests in
                    starling_keccak256_batch(messages.baseAddress, count, digests.baseAddress)
                }
                initializedCount = count
            }
        }
    }
}
