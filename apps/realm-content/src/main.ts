import { runService } from '@symphainy/service-host';
import { contentService } from './content.manager.js';

runService(contentService);
