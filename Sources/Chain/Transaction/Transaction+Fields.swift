public import Primitives
import RLP

extension Transaction {
    /// The chain id that the transaction was signed for; nil for a legacy one without replay protection (EIP-155).
    public var chainID: UInt64? {
        guard type == .legacy else { return uint64(at: layout.start) }
        return v >= 35 ? (v - 35) / 2 : nil
    }

    /// The recipient; nil if the transaction creates a contract.
    public var to: Address? { Address(encoded[content(at: layout.recipient)]) }

    /// The value transferred, in wei.
    public var value: UInt256 { number(at: end(of: layout.recipient)) }

    /// The input of a call, or the init code of a creation; a slice of `encoded`.
    public var data: ArraySlice<UInt8> { encoded[Int(layout.data)..<Int(layout.dataEnd)] }

    /// The maximum price of a unit of gas in wei: for types 0 and 1, the gas price.
    public var maxFeePerGas: UInt256 {
        number(at: isDynamicFee ? end(of: layout.fees) : layout.fees)
    }

    /// The maximum share of the block's author per unit of gas in wei: for types 0 and 1, the gas price.
    public var maxPriorityFeePerGas: UInt256 { number(at: layout.fees) }

    /// The access list; empty for a legacy transaction. Decoded at each call.
    public var accessList: [AccessListEntry] {
        guard type != .legacy else { return [] }
        return (try? reader(at: layout.accessList) { (reader) throws(RLPError) in try reader.readList() }) ?? []
    }

    /// The maximum price of a unit of blob gas in wei; nil unless it is a blob transaction.
    public var maxFeePerBlobGas: UInt256? { type == .blob ? number(at: layout.extra) : nil }

    /// The versioned hashes of the blobs, decoded at each call; empty unless it is a blob transaction.
    public var blobHashes: [Hash32] {
        guard type == .blob else { return [] }
        return (try? reader(at: end(of: layout.extra)) { (reader) throws(RLPError) in try reader.readList() }) ?? []
    }

    /// The authorizations; empty unless it is a set-code transaction. Decoded at each call.
    public var authorizations: [Authorization] {
        guard type == .setCode else { return [] }
        return (try? reader(at: layout.extra) { (reader) throws(RLPError) in try reader.readList() }) ?? []
    }

    /// The blob gas: 131072 per blob (EIP-4844).
    public var blobGas: UInt64 {
        guard type == .blob else { return 0 }
        // Each hash is 33 bytes of RLP.
        return UInt64(content(at: end(of: layout.extra)).count / 33) * GasRules.gasPerBlob
    }

    /// The numbers of addresses and slots in the access list.
    ///
    /// - Complexity: O(addresses).
    var accessListCounts: (addresses: UInt64, slots: UInt64) {
        guard type != .legacy else { return (0, 0) }
        var counts: (addresses: UInt64, slots: UInt64) = (0, 0)
        let list = content(at: layout.accessList)
        var at = list.lowerBound
        while at < list.upperBound {
            let entry = content(at: UInt32(at))
            counts.addresses += 1
            // After the address, 21 bytes of RLP, comes the list of slots, 33 bytes each.
            counts.slots += UInt64(content(at: UInt32(entry.lowerBound + 21)).count / 33)
            at = entry.upperBound
        }
        return counts
    }

    var isDynamicFee: Bool { type.rawValue >= 2 }

    /// `v` of a legacy transaction, otherwise `yParity`.
    var v: UInt64 { uint64(at: layout.signature) }
    var r: UInt256 { number(at: end(of: layout.signature)) }
    var s: UInt256 { number(at: end(of: end(of: layout.signature))) }

    /// The fields that the signature covers, without a list header.
    var signedFields: ArraySlice<UInt8> { encoded[Int(layout.start)..<Int(layout.signature)] }
}

// The initializer has checked every item, so the headers are known to be valid here.
extension Transaction {
    /// The content of the item that begins at `start`, which is a string or a list.
    private func content(at start: UInt32) -> Range<Int> {
        let start = Int(start)
        let first = encoded[start]
        if first < 0x80 { return start..<start + 1 }
        // Strings and lists have the same headers, 0x40 apart.
        let short = Int(first & 0x3f)
        if short < 56 { return start + 1..<start + 1 + short }
        let lengthBytes = short - 55
        let begin = start + 1 + lengthBytes
        let count = encoded[start + 1..<begin].reduce(0) { $0 << 8 | Int($1) }
        return begin..<begin + count
    }

    /// Where the item after the one at `start` begins.
    private func end(of start: UInt32) -> UInt32 { UInt32(content(at: start).upperBound) }

    private func number(at start: UInt32) -> UInt256 { UInt256(bigEndian: encoded[content(at: start)]) ?? .zero }

    private func uint64(at start: UInt32) -> UInt64 {
        encoded[content(at: start)].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func reader<Value>(
        at start: UInt32, _ body: (inout RLPReader) throws(RLPError) -> Value
    ) throws(RLPError) -> Value {
        var reader = RLPReader(encoded[Int(start)...])
        return try body(&reader)
    }
}
