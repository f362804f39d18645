public import Primitives
import RLP

/// The root of the trie of a list, whose keys are the RLP of the indices. Headers commit to the transactions, receipts
/// and withdrawals of their blocks with such roots.
public enum OrderedTrie {
    /// The root of the trie of `elements`.
    ///
    /// - Parameter elements: the consensus encodings, typed ones with their type byte. Empty elements, which are no
    ///   valid encoding, count as absent.
    /// - Complexity: O(bytes), with memory for one path.
    public static func root(of elements: [[UInt8]]) -> Hash32 {
        var trie = StackTrie()
        func append(_ indices: Range<Int>) {
            for index in indices where !elements[index].isEmpty {
                do throws(TrieError) {
                    try trie.append(key(of: index), elements[index])
                } catch {
                    preconditionFailure("the keys ascend")
                }
            }
        }
        // In ascending order of the keys: the RLP of 1 ... 127 is a byte below 0x80, which is the RLP of 0.
        append(1..<max(1, min(elements.count, 128)))
        append(0..<min(elements.count, 1))
        append(128..<max(128, elements.count))
        return trie.finish()
    }

    /// The key of the element at `index`.
    public static func key(of index: Int) -> [UInt8] {
        var writer = RLPWriter()
        writer.write(UInt64(index))
        return writer.bytes
    }
}
