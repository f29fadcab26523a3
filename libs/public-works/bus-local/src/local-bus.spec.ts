import { systemClock } from '@symphainy/kernel';
import { busContract } from '@symphainy/ports/testing';
import { LocalBusHub } from './local-bus.js';

const hub = new LocalBusHub(systemClock);
busContract('bus-local', () => Promise.resolve(hub.connect()));
