import Primitives
import RLP

extension Transaction {
    /// The offsets in `encoded` of the fields' RLP items.
    struct Layout: Sendable {
        /// The first field.
        var start: UInt32 = 0
        /// Gas price, or tip and fee cap.
        var fees: UInt32 = 0
        /// Recipient; value and data follow.
        var recipient: UInt32 = 0
        /// The content of the data, without header.
        var data: UInt32 = 0
        var dataEnd: UInt32 = 0
        /// Zero for a legacy transaction.
        var accessList: UInt32 = 0
        /// Blob fee and blob hashes, or authorizations; zero for other types.
        var extra: UInt32 = 0
        /// `v` or `y`; `r` and `s` follow.
        var signature: UInt32 = 0

        /// Reads and checks every field of a transaction, and records their offsets.
        static func read(
            _ fields: inout RLPReader, _ type: TransactionType
        ) throws(RLPError) -> (nonce: UInt64, gasLimit: UInt64, layout: Layout) {
            var layout = Layout()
            layout.start = fields.offset
            if type != .legacy { _ = try fields.read(UInt64.self) }
            let nonce = try fields.read(UInt64.self)
            layout.fees = fields.offset
            _ = try fields.read(UInt256.self)
            if type.rawValue >= 2 { _ = try fields.read(UInt256.self) }
            let gasLimit = try fields.read(UInt64.self)
            layout.recipient = fields.offset
            try fields.checkRecipient(type)
            _ = try fields.read(UInt256.self)
            let data = try fields.readBytes()
            layout.data = UInt32(truncatingIfNeeded: data.startIndex)
            layout.dataEnd = UInt32(truncatingIfNeeded: data.endIndex)
            if type != .legacy {
                layout.accessList = fields.offset
                try fields.checkAccessList()
            }
            if type == .blob || type == .setCode {
                layout.extra = fields.offset
                if type == .blob { try fields.checkBlobFields() } else { try fields.checkAuthorizations() }
            }
            layout.signature = fields.offset
            _ = try fields.read(UInt64.self)
            _ = try fields.read(UInt256.self)
            _ = try fields.read(UInt256.self)
            try fields.expectEnd()
            return (nonce, gasLimit, layout)
        }
    }
}

extension RLPReader {
    /// The offset of the next item in the array. It fits: the transaction's initializer has checked the size.
    fileprivate var offset: UInt32 { UInt32(truncatingIfNeeded: remaining.startIndex) }

    fileprivate mutating func checkRecipient(_ type: TransactionType) throws(RLPError) {
        let count = try readBytes().count
        let mayCreate = type != .blob && type != .setCode
        guard count == 20 || mayCreate && count == 0 else { throw .wrongLength(expected: 20, found: count) }
    }

    fileprivate mutating func checkAccessList() throws(RLPError) {
        var entries = try readList()
        while !entries.isAtEnd {
            var entry = try entries.readList()
            _ = try entry.read(Address.self)
            var keys = try entry.readList()
            while !keys.isAtEnd { _ = try keys.read(Hash32.self) }
            try entry.expectEnd()
        }
    }

    fileprivate mutating func checkBlobFields() throws(RLPError) {
        _ = try read(UInt256.self)
        var hashes = try readList()
        while !hashes.isAtEnd { _ = try hashes.read(Hash32.self) }
    }

    fileprivate mutating func checkAuthorizations() throws(RLPError) {
        var list = try readList()
        while !list.isAtEnd { _ = try Authorization(from: &list) }
    }
}
