import Primitives
import Simulator
import Storage

extension SimulatedNode {
    func canonicalHash(_ number: UInt64) throws -> Hash32? { try ChainStore(store).canonicalHash(number) }
}
