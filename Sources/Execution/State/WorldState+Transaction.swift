import Chain
import Primitives

extension WorldState {
    /// A point within a transaction, to which it can be rolled back.
    public struct Snapshot: Sendable {
        fileprivate let replaced: Int
    }

    /// The current point of the current transaction.
    public func snapshot() -> Snapshot { Snapshot(replaced: journal.count) }

    /// Undoes all changes since the snapshot, which must be of the current transaction; another one traps.
    ///
    /// - Complexity: O(changes undone).
    public mutating func roll(backTo snapshot: Snapshot) {
        precondition(snapshot.replaced <= journal.count, "the snapshot is of another transaction")
        while journal.count > snapshot.replaced, let last = journal.popLast() {
            switch last {
            case .account(let address, let account): accounts[address] = .some(account)
            case .slot(let address, let key, let value): slots[address, default: [:]][key] = value
            case .slots(let address, let old, let changed):
                slots[address] = old
                changedSlots[address] = changed
            }
        }
    }

    /// Makes the changes since the last call final.
    ///
    /// - Parameter removingEmpty: whether accounts that were changed and are empty now are removed (EIP-161).
    public mutating func finishTransaction(removingEmpty: Bool) {
        defer { journal.removeAll(keepingCapacity: true) }
        guard removingEmpty else { return }
        for case .account(let address, _) in journal {
            guard case .some(.some(let account)) = accounts[address], account.isEmpty else { continue }
            accounts[address] = .some(nil)
            slots[address] = nil
            changedSlots[address] = nil
        }
    }
}
