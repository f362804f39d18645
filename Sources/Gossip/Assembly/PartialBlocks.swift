import DevP2P
import Primitives
import SansIO

/// The blocks that wait for transactions, in the order of their arrival. Bounded in bytes; how many forms a peer may have here
/// is the caller's to say, so their number is bounded as well.
struct PartialBlocks<Form: AssemblyForm>: Sendable {
    private(set) var blocks: [PartialBlock<Form>] = []

    var count: Int { blocks.count }

    /// The bytes that they hold.
    var bytes: Int { blocks.reduce(0) { $0 + $1.byteCount } }

    subscript(hash: Hash32) -> PartialBlock<Form>? { blocks.first { $0.hash == hash } }

    /// The number of a peer's forms.
    func count(of peer: Peer) -> Int { blocks.count { $0.form(of: peer) != nil } }

    /// When another sender of one of them is to be asked.
    var deadline: Instant? { blocks.compactMap(\.deadline).min() }

    /// Adds a block, then drops forms until all fit, each time the largest of the peer that holds most: whoever holds less than
    /// its share of the whole is left alone, whatever others send.
    mutating func insert(_ block: PartialBlock<Form>, limit: Int) {
        blocks.append(block)
        while bytes > limit, let (block, form) = largest {
            blocks[block].removeForm(at: form)
            if blocks[block].forms.isEmpty { blocks.remove(at: block) }
        }
    }

    /// The largest form of the peer whose forms take most.
    private var largest: (block: Int, form: Int)? {
        var held: [ConnectionID: Int] = [:]
        for block in blocks {
            for form in block.forms { held[form.sender.connection, default: 0] += form.byteCount }
        }
        let all = blocks.indices.flatMap { block in blocks[block].forms.indices.map { (block: block, form: $0) } }
        return all.max { left, right in
            let (one, other) = (blocks[left.block].forms[left.form], blocks[right.block].forms[right.form])
            let (ones, others) = (held[one.sender.connection] ?? 0, held[other.sender.connection] ?? 0)
            // Equal holders by who came first, so that one of them gives way and not a part of each.
            return (ones, one.sender.connection.rawValue, one.byteCount)
                < (others, other.sender.connection.rawValue, other.byteCount)
        }
    }

    mutating func take(_ hash: Hash32) -> PartialBlock<Form>? {
        blocks.firstIndex { $0.hash == hash }.map { blocks.remove(at: $0) }
    }

    /// Forgets blocks that the chain has left behind.
    mutating func removeAll(below number: UInt64) { blocks.removeAll { $0.number < number } }

    /// Takes a block of which another sender is to be asked by now.
    mutating func takeDue(_ now: Instant) -> PartialBlock<Form>? {
        blocks.firstIndex { $0.deadline.map { $0 <= now } ?? false }.map { blocks.remove(at: $0) }
    }

    /// Takes a block of which one of a peer's requests was for transactions; nil where it is gone.
    mutating func take(askedFor id: UInt64, of peer: Peer) -> PartialBlock<Form>? {
        blocks.firstIndex { $0.form(askedFor: id, of: peer) != nil }.map { blocks.remove(at: $0) }
    }

    /// A peer has left: its forms can't be asked for any more. The blocks concerned, taken out.
    mutating func takeAll(of peer: Peer) -> [PartialBlock<Form>] {
        let concerned = blocks.filter { $0.form(of: peer) != nil }
        blocks.removeAll { $0.form(of: peer) != nil }
        return concerned.map { block in
            var block = block
            block.removeForms(of: peer)
            return block
        }
    }
}
