public import Chain
public import EthWire
public import KeyValue
import Primitives
import Storage

extension ChainServer {
    /// Steps aside from the canonical chain that one answer takes (go-ethereum's `maxNonCanonical`).
    private static let maxBranchSteps = 100

    /// The headers that were asked for, as far as they are here.
    ///
    /// By number: canonical blocks. By hash: the block, canonical or not; upwards others only if it is canonical, as
    /// only then there is one that follows; downwards its ancestors. An overflow of the numbers ends the answer, also
    /// where go-ethereum, without `skip`, goes on with block 0.
    public func headers(
        _ request: HeadersRequest, maxBytes: Int = EthLimits.softResponseBytes
    ) throws(StorageError) -> EncodedList<Header> {
        let count = Int(clamping: min(request.limit, UInt64(EthLimits.maxHeaders)))
        var answer = Answer(maxCount: count, maxBytes: maxBytes)
        let (step, overflow) = request.skip.addingReportingOverflow(1)
        switch request.start {
        case .number(let number):
            try appendCanonical(from: number, step: overflow ? nil : step, request.isReverse, &answer)
        case .hash(let hash):
            guard let number = try chain.number(of: hash) else { break }
            if request.isReverse {
                try appendAncestors(of: hash, number, step: overflow ? nil : step, &answer)
            } else if try chain.canonicalHash(number) == hash {
                try appendCanonical(from: number, step: overflow ? nil : step, false, &answer)
            } else if let header = try chain.encodedHeader(hash), answer.hasRoom {
                _ = answer.append(header)
            }
        }
        return EncodedList(encoded: answer.items)
    }

    /// Canonical headers `step` numbers apart; just the first where that is nil.
    private func appendCanonical(
        from start: UInt64, step: UInt64?, _ isReverse: Bool, _ answer: inout Answer
    ) throws(StorageError) {
        if step == 1, !isReverse, answer.hasRoom {
            var adjacent = answer
            try chain.forEachCanonicalHeader(from: start, limit: answer.left) { _, encoded in
                adjacent.append(encoded) && adjacent.hasRoom
            }
            answer = adjacent
            return
        }
        var number = start
        while answer.hasRoom {
            guard let hash = try chain.canonicalHash(number), let header = try chain.encodedHeader(hash),
                answer.append(header), let step
            else { return }
            let next = isReverse ? number.subtractingReportingOverflow(step) : number.addingReportingOverflow(step)
            guard !next.overflow else { return }
            number = next.partialValue
        }
    }

    /// A block and its ancestors `step` numbers apart; just the block where that is nil.
    private func appendAncestors(
        of start: Hash32, _ startNumber: UInt64, step: UInt64?, _ answer: inout Answer
    ) throws(StorageError) {
        var hash = start
        var number = startNumber
        var branchSteps = Self.maxBranchSteps
        while answer.hasRoom {
            guard let header = try chain.encodedHeader(hash), answer.append(header), let step, step <= number,
                let ancestor = try ancestor(of: hash, number, distance: step, &branchSteps)
            else { return }
            hash = ancestor
            number -= step
        }
    }

    /// The hash of the ancestor `distance` blocks, at most `number`, below a block: over parents until the canonical
    /// chain is reached, then directly.
    private func ancestor(
        of block: Hash32, _ blockNumber: UInt64, distance: UInt64, _ branchSteps: inout Int
    ) throws(StorageError) -> Hash32? {
        if distance == 1 { return try chain.header(block)?.parentHash }
        var hash = block
        var number = blockNumber
        let target = blockNumber - distance
        while number > target {
            if try chain.canonicalHash(number) == hash { return try chain.canonicalHash(target) }
            guard branchSteps > 0, let header = try chain.header(hash) else { return nil }
            branchSteps -= 1
            hash = header.parentHash
            number -= 1
        }
        return hash
    }
}
